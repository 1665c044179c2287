import { z } from 'zod'

/** One thing wrong with a body: where (dotted from the root, '' for the root itself), a stable code, a sentence. */
export const ValidationIssue = z.strictObject({
  path: z.string(),
  code: z.string(),
  message: z.string(),
})
export type ValidationIssue = z.infer<typeof ValidationIssue>

/** At most this many issues are reported for one body; the first ones help, the thousandth does not. */
const ISSUES_MAX = 50

/** Longest key repeated in a path, in UTF-16 units. Ours are shorter; a stranger's may be as long as the body. */
const KEY_LENGTH_MAX = 64

/**
 * Turns zod's findings into ours. Codes: `missing`, `unknown_field`, `enum`, `range`, `decimal`, `timestamp`, `uuid`,
 * `type`, `too_short`, `too_long`, `format`, or the name of the rule a schema states in `params.code`. A map's key that
 * breaks a rule has the code of that rule. Each place is named once: zod also measures a list where it wanted a text.
 */
export function toValidationIssues(error: z.ZodError): ValidationIssue[] {
  const byPath = new Map<string, ValidationIssue>()
  for (const issue of error.issues) {
    for (const found of expandIssue(issue)) if (!byPath.has(found.path)) byPath.set(found.path, found)
    if (byPath.size >= ISSUES_MAX) break
  }
  return [...byPath.values()].slice(0, ISSUES_MAX)
}

/** A place in a body, dotted from the root. Keys are cut to a length worth reading and made fit for any log. */
export function issuePath(keys: readonly PropertyKey[]): string {
  return keys.map(readableKey).join('.')
}

function readableKey(key: PropertyKey): string {
  const name = String(key)
  const short = name.length > KEY_LENGTH_MAX ? `${name.slice(0, KEY_LENGTH_MAX)}…` : name
  return short.toWellFormed().replaceAll('\u0000', '\\u0000')
}

function expandIssue(issue: z.core.$ZodIssue): ValidationIssue[] {
  const path = issuePath(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, ISSUES_MAX).map((key) => ({
      path: issuePath([...issue.path, key]),
      code: 'unknown_field',
      message: 'Field is not part of the contract',
    }))
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.slice(0, 1).map((inner) => ({ path, code: codeOf(inner), message: `Key: ${inner.message}` }))
  }
  return [{ path, code: codeOf(issue), message: issue.message }]
}

const FORMAT_CODES: Record<string, string> = { datetime: 'timestamp', guid: 'uuid', uuid: 'uuid', duration: 'duration' }

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue) ? 'missing' : 'type'
    case 'invalid_value':
      return isMissing(issue) ? 'missing' : 'enum'
    case 'too_small':
    case 'too_big':
      return sizeCode(issue)
    case 'invalid_format':
      return FORMAT_CODES[issue.format] ?? (issue.format in FORMAT_CODES ? issue.format : 'format')
    case 'custom':
      return customCode(issue.params)
    default:
      return issue.code
  }
}

/** zod is asked to report inputs (`reportInput`), which tells an absent field from one of the wrong type. */
function isMissing(issue: { input?: unknown }): boolean {
  return issue.input === undefined
}

function sizeCode(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  if (issue.origin === 'number' || issue.origin === 'int') return 'range'
  return issue.code === 'too_big' ? 'too_long' : 'too_short'
}

function customCode(params: Record<string, unknown> | undefined): string {
  return typeof params?.['code'] === 'string' ? params['code'] : 'invalid'
}
