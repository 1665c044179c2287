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
  const known = FASTIFY_PROBLEMS[(error as FastifyError | null)?.code ?? '']
  if (known !== undefined) return shell(known.status, known.code, known.detail, instance)
  return shell(500, 'internal', 'The review plane failed; the failure is logged under this instance', instance)
}

/** Writes a problem with its media type. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const problem = toProblem(error, `${request.url.split('?')[0]}#${request.id}`)
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

const FASTIFY_PROBLEMS: Record<string, { status: number; code: string; detail: string }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'body_too_large', detail: 'A body may hold at most 1 MiB' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send content-type: application/json',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'invalid_json', detail: 'The body is empty' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { status: 400, code: 'invalid_body', detail: 'Content-Length does not match the body' },
  FST_ERR_BAD_URL: { status: 400, code: 'invalid_url', detail: 'The address cannot be decoded' },
}

function shell(status: number, code: string, detail: string, instance: string): Problem {
  return { type: `urn:torghut:problem:${code}`, title: STATUS_CODES[status] ?? 'Error', status, code, detail, instance }
}
