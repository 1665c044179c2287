import { STATUS_CODES } from 'node:http'

import type { Problem, ValidationIssue } from '@torghut/contracts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/** A refusal that says who should act. Thrown by routes and plugins, written by the one error handler. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly status: number
  readonly code: string
  readonly errors: ValidationIssue[] | undefined

  constructor(problem: { status: number; code: string; detail: string; errors?: ValidationIssue[]; cause?: unknown }) {
    super(problem.detail, { cause: problem.cause })
    this.status = problem.status
    this.code = problem.code
    this.errors = problem.errors
  }
}

/** 422 for a body a schema or a stated rule refuses; the problem's code is that of its first finding. */
export function validationProblem(issues: ValidationIssue[]): ProblemError {
  const first = issues[0] ?? { path: '', code: 'invalid', message: 'Body is not acceptable' }
  const where = first.path === '' ? 'the body' : `"${first.path}"`
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return new ProblemError({
    status: 422,
    code: first.code,
    detail: `Cannot accept ${where}: ${first.message}${more}`,
    errors: issues,
  })
}

/** Turns anything thrown into a problem; what we did not foresee is a 500 that tells the caller nothing of our inside. */
export function toProblem(error: unknown, instance: string): Problem {
  if (error instanceof ProblemError) {
    const { status, code, message, errors } = error
    return { ...shell(status, code, message, instance), ...(errors === undefined ? {} : { errors }) }
  }
  const { status, code, detail } = transportProblem(error) ?? INTERNAL
  return shell(status, code, detail, instance)
}

/** Writes a problem with its media type. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const problem = toProblem(error, `${instancePath(request.url)}#${request.id}`)
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

interface Explained {
  status: number
  code: string
  detail: string
}

const INTERNAL: Explained = {
  status: 500,
  code: 'internal',
  detail: 'The review plane failed; the failure is logged under this instance',
}

/** Longest address repeated in a problem, in characters. Ours are shorter. */
const INSTANCE_PATH_MAX = 256

/** The path as it was asked for, without query, origin or anything that a URI may not hold. */
function instancePath(url: string): string {
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? ''
  const short = path.replace(/^\/{2,}/, '/').slice(0, INSTANCE_PATH_MAX)
  return short.replace(/[^\w\-.~!$&'()*+,;=:@/%]/g, encodeURIComponent)
}

/**
 * What Fastify and Node refuse before a route runs, or null when the fault is ours. Fastify marks the caller's faults
 * with a 4xx status; the rare ones need no sentence of their own.
 */
function transportProblem(error: unknown): Explained | null {
  const { code = '', statusCode = 500 } = (error ?? {}) as Partial<FastifyError>
  const known = FASTIFY_PROBLEMS[code]
  if (known !== undefined) return known
  if (statusCode < 400 || statusCode > 499) return null
  // A socket that closes while its body is read is Node's error with Fastify's status.
  if (code === 'ECONNRESET') return { status: 400, code: 'invalid_body', detail: 'The body ended too early' }
  if (!code.startsWith('FST_ERR_')) return null
  return { status: statusCode, code: 'invalid_request', detail: 'The request cannot be read' }
}

const FASTIFY_PROBLEMS: Record<string, Explained> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'body_too_large', detail: 'A body may hold at most 1 MiB' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send content-type: application/json',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'invalid_json', detail: 'The body is empty' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { status: 400, code: 'invalid_body', detail: 'Content-Length does not match the body' },
  FST_ERR_BAD_URL: { status: 400, code: 'invalid_url', detail: 'The address cannot be decoded' },
  FST_ERR_MAX_PARAM_LENGTH: { status: 414, code: 'url_too_long', detail: 'A part of the address is too long' },
}

function shell(status: number, code: string, detail: string, instance: string): Problem {
  return { type: `urn:torghut:problem:${code}`, title: STATUS_CODES[status] ?? 'Error', status, code, detail, instance }
}
