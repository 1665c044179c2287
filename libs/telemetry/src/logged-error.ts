/** Longest message of a logged error, in UTF-16 units. */
const MESSAGE_LENGTH_MAX = 500

/** How many causes behind an error are told. */
const CAUSES_MAX = 4

export interface LoggedError {
  type: string
  code?: string
  message: string
  stack: string[]
  cause?: LoggedError
}

/**
 * What a log tells of an error: class, code, message, where it came from and why. Other fields stay out: drivers keep
 * rows and parameters there.
 */
export function loggedError(error: unknown, causesLeft = CAUSES_MAX): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'What was thrown is no error', stack: [] }
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: safeMessage(error.message),
    stack: framesOf(error),
    ...(error.cause === undefined || causesLeft === 0 ? {} : { cause: loggedError(error.cause, causesLeft - 1) }),
  }
}

/** Hides what messages are known to quote: parameters of a query, passwords in addresses, bearer keys. */
function safeMessage(message: string): string {
  return message
    .replace(/\nparams: [^]*$/, '\nparams: [redacted]')
    .replace(/(:\/\/[^:@/\s]*):[^@/\s]*@/g, '$1:[redacted]@')
    .replace(/\b(Bearer)\s+[^\s"']+/gi, '$1 [redacted]')
    .slice(0, MESSAGE_LENGTH_MAX)
}

/** The frames alone: a stack begins with the message as it was. */
function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n')
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim())
}
