import { ROLE_PREFIX } from './role-prefix.ts'

/**
 * Everything that could end a line or hide in one: DEL and the C1 controls (U+0085 among them), the line separators,
 * invisible joiners and direction marks, the byte order mark, and U+241B, which the gateway reads as an escape.
 */
const HIDDEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u241b\ufeff]/g

const ROLE_PREFIXES = new RegExp(ROLE_PREFIX, 'gi')

/**
 * JSON on one line in which no text of a stranger can pose as anything else: no line break, no marker (`<` is escaped),
 * no role prefix (its colon is escaped). It parses back to the same value.
 */
export function safeJsonLine(value: unknown): string {
  return JSON.stringify(value)
    .replace(HIDDEN, escapeUnit)
    .replaceAll('<', '\\u003c')
    .replace(ROLE_PREFIXES, (_match, role: string, colon: string) => role + escapeUnit(colon))
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
