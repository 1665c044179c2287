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

/**
 * Turns zod's findings into ours. Codes: `missing`, `unknown_field`, `enum`, `range`, `decimal`, `timestamp`, `uuid`,
 * `type`, `too_short`, `too_long`, `format`, or the name of the rule a schema states in `params.code`.
 */
export function toValidationIssues(error: z.ZodError): ValidationIssue[] {
  return error.issues.flatMap(expandIssue).slice(0, ISSUES_MAX)
}

function expandIssue(issue: z.core.$ZodIssue): ValidationIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: joinPath([...issue.path, key]),
      code: 'unknown_field',
      message: 'Field is not part of the contract',
    }))
  }
  return [{ path: joinPath(issue.path), code: codeOf(issue), message: issue.message }]
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

function joinPath(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}
