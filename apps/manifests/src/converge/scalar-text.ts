/** The ways a scalar is written on its line; block scalars keep their own form. */
export type ScalarStyle = 'plain' | 'single' | 'double'

/**
 * Spells a string as a YAML scalar, in the asked style when that style can hold it and in double quotes when
 * it cannot. Every reader, of YAML 1.1 or 1.2, gets the same string back.
 */
export function scalarText(value: string, style: ScalarStyle, { inFlow }: { inFlow: boolean }): string {
  if (style === 'plain' && !readsAsAnotherType(value) && isPlainSyntax(value, inFlow)) return value
  if (style === 'single' && !NEEDS_ESCAPE.test(value)) return `'${value.replaceAll("'", "''")}'`
  return doubleQuoted(value)
}

/** Whether some reader takes the bare word for a boolean, null, a number, an instant or a merge key. */
export function readsAsAnotherType(value: string): boolean {
  return OTHER_TYPES.some((pattern) => pattern.test(value))
}

/**
 * Both YAML versions and the readers in use between them, taken together: the words of 1.1, numbers with
 * underscores or colons, a hash of digits with one `e`, and every date, since readers disagree on those.
 */
const OTHER_TYPES = [
  /^$/,
  /^(~|null|y|n|yes|no|on|off|true|false|<<|=)$/i,
  /^[-+]?[0-9][0-9_]*$/,
  /^[-+]?0[xob][0-9a-z_]*$/i,
  /^[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)(e[-+]?[0-9_]+)?$/i,
  /^[-+]?(\.inf|\.nan|inf|nan|infinity)$/i,
  /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t]|$)/,
]

/** Narrower than the specification: a value at its edge is quoted, which no reader can mistake. */
function isPlainSyntax(value: string, inFlow: boolean): boolean {
  if (NEEDS_ESCAPE.test(value) || /^\s|\s$/.test(value)) return false
  if (/^[-?:,[\]{}#&*!|>'"%@`]/.test(value) || /^\.\.\.$/.test(value)) return false
  if (/:(\s|$)|\s#/.test(value)) return false
  return !inFlow || !/[,[\]{}]|:$/.test(value)
}

/** Characters that only double quotes can carry, or that some reader takes for the end of a line. */
const NEEDS_ESCAPE = /[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/u

function doubleQuoted(value: string): string {
  const escaped = value.replace(/["\\]/g, '\\$&').replace(new RegExp(NEEDS_ESCAPE, 'gu'), escapeOf)
  return `"${escaped}"`
}

function escapeOf(character: string): string {
  const short = { '\n': '\\n', '\t': '\\t', '\r': '\\r' }[character]
  return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
