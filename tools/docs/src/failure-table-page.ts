import { FALLBACK_CAUSES, FallbackCause } from '@torghut/contracts'

import { GENERATED_NOTE, code, table } from './markdown.ts'

/** Every cause a fallback can have, what the caller gets, and which breaker counts it. */
export function failureTablePage(): string {
  const rows = FallbackCause.options.map((cause) => {
    const { what, answer, breaker } = FALLBACK_CAUSES[cause]
    return [code(cause), what, answer, breaker === 'never' ? 'none' : breaker]
  })
  return [
    GENERATED_NOTE,
    '',
    '# Failure table',
    '',
    'When the program gives no advice, the deterministic fallback speaks: a veto of new risk, the same bytes for the',
    'same cause, never a second model. A proved exit asks no program, so none of this can stop it. The cause stands in',
    'the answer and in the stored row as `fallback.cause`; branch on it, never on `fallback.detail`.',
    '',
    'The last column says which circuit breaker a cause counts for: that of the gateway and the model, that of the',
    'artifact, or none.',
    '',
    table(['cause', 'what happened', 'answer', 'counts for the breaker of'], rows),
    '',
  ].join('\n')
}
