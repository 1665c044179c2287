import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

import type { FastifyReply, FastifyRequest } from 'fastify'

import { ProblemError, sendProblem, toProblem } from './problems.ts'

/**
 * Fastify options for what never reaches a route, so that it too is answered with a problem: an address that cannot be
 * decoded (`frameworkErrors`) and bytes that are not the HTTP we accept (`clientErrorHandler`).
 */
export const brokenRequests = {
  frameworkErrors(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    sendProblem(request, reply, error)
  },
  clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
    // A caller that went away reads nothing.
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else socket.end(responseText(refusalOf(error.code)), () => socket.destroy())
  },
}

function refusalOf(code: string | undefined): ProblemError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ProblemError({ status: 431, code: 'headers_too_large', detail: 'Address and headers may hold 16 KiB' })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ProblemError({ status: 408, code: 'request_timeout', detail: 'The request took too long to arrive' })
    default:
      return new ProblemError({ status: 400, code: 'invalid_http', detail: 'The request is not valid HTTP/1.1' })
  }
}

/** There is no request to take an address from, so the problem's instance is the one of the server as a whole. */
function responseText(refusal: ProblemError): string {
  const problem = JSON.stringify(toProblem(refusal, '*'))
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Error'}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(problem)}`,
    'connection: close',
    '',
    problem,
  ].join('\r\n')
}
