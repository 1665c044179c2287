import { issuePath } from '../problem/validation-issue.ts'
import type { ValidationIssue } from '../problem/validation-issue.ts'

/** Deepest nesting we read. Our deepest honest field lies at 8; anything past 32 is an attack on recursion. */
export const JSON_DEPTH_MAX = 32

/** Stops after this many findings, so that a hostile body cannot make a huge answer. */
const FINDINGS_MAX = 50

/**
 * Finds what JSON allows and we cannot keep: NUL and lone surrogates in text (PostgreSQL and UTF-8 refuse them),
 * `__proto__` keys, numbers that overflowed to infinity, and nesting deeper than `JSON_DEPTH_MAX`. Iterative, so depth cannot break it.
 */
export function inspectJson(root: unknown): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  const stack: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }]
  for (let item = stack.pop(); item !== undefined && issues.length < FINDINGS_MAX; item = stack.pop()) {
    const { value, path, depth } = item
    const finding = inspectScalar(value)
    if (finding !== null) issues.push({ path, ...finding })
    if (value === null || typeof value !== 'object') continue
    if (depth >= JSON_DEPTH_MAX) {
      issues.push({ path, code: 'too_deep', message: `Nesting is deeper than ${JSON_DEPTH_MAX} levels` })
      continue
    }
    for (const [key, child] of Object.entries(value)) {
      const childPath = path === '' ? issuePath([key]) : `${path}.${issuePath([key])}`
      if (isUnsafeText(key)) issues.push({ path: childPath, ...UNSAFE_TEXT })
      else if (key === '__proto__') issues.push({ path: childPath, ...UNSAFE_KEY })
      else stack.push({ value: child, path: childPath, depth: depth + 1 })
    }
  }
  return issues
}

/** True for text that cannot be stored and read back unchanged: NUL or a lone surrogate. */
export function isUnsafeText(text: string): boolean {
  return text.includes('\u0000') || !text.isWellFormed()
}

/** Copying such a key would set the copy's prototype, and the text that was hashed would not be the one that is used. */
const UNSAFE_KEY = { code: 'unsafe_key', message: 'A key may not be called __proto__' }

const UNSAFE_TEXT = { code: 'unsafe_text', message: 'Text holds NUL or a lone surrogate' }

function inspectScalar(value: unknown): Omit<ValidationIssue, 'path'> | null {
  if (typeof value === 'string' && isUnsafeText(value)) return UNSAFE_TEXT
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { code: 'range', message: 'Number is too large for a double' }
  }
  return null
}
