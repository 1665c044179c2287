/** An answer longer than this is none: the fields' own bounds stay well below it (characters). */
const ANSWER_LENGTH_MAX = 65_536

export type FramedAnswer =
  | { ok: true; text: string; repaired: boolean }
  | { ok: false; cause: 'answer_missing' | 'answer_ambiguous' | 'answer_altered'; detail: string }

/** Puts an answer's JSON between the two markers of a call. */
export function frameAnswer(json: string, nonce: string): string {
  return `${openingMarker(nonce)}${json}${closingMarker(nonce)}`
}

/**
 * Finds the one answer in a gateway's transcript: a JSON object between `<answer-NONCE>` and `</answer-NONCE>`, each
 * exactly once and in that order. Tool output and news cannot know the nonce; nothing else in the text is looked at.
 * `repaired` says that the object stood in a code fence.
 */
export function extractFramedAnswer(content: string, nonce: string): FramedAnswer {
  const openings = content.split(openingMarker(nonce)).length - 1
  const closings = content.split(closingMarker(nonce)).length - 1
  if (openings === 0 && closings === 0) return refuse('answer_missing', 'No answer marker of this call')
  if (openings > 1 || closings > 1) return refuse('answer_ambiguous', 'More than one answer marker of this call')
  if (openings === 0 || closings === 0) return refuse('answer_altered', 'One of the two answer markers is missing')
  const start = content.indexOf(openingMarker(nonce)) + openingMarker(nonce).length
  const end = content.indexOf(closingMarker(nonce))
  if (end < start) return refuse('answer_altered', 'The answer markers are in the wrong order')
  const framed = content.slice(start, end).trim()
  const text = withoutFence(framed)
  if (text.length > ANSWER_LENGTH_MAX) return refuse('answer_altered', 'The answer is too long')
  if (!isJsonObject(text)) return refuse('answer_altered', 'The framed text is not a JSON object')
  return { ok: true, text, repaired: text !== framed }
}

/** A code fence around the whole of a text decides nothing and is taken off; nothing else is repaired here. */
function withoutFence(text: string): string {
  return /^```(?:json)?[^\S\n]*\n([\s\S]*)\n```$/.exec(text)?.[1]?.trim() ?? text
}

/** The nonce a prompt asks for: what a simulated model reads from the text it is shown. Null when there is none. */
export function findNonce(prompt: string): string | null {
  return /<answer-([a-z0-9]{16,64})>/.exec(prompt)?.[1] ?? null
}

export function openingMarker(nonce: string): string {
  return `<answer-${nonce}>`
}

export function closingMarker(nonce: string): string {
  return `</answer-${nonce}>`
}

function refuse(cause: 'answer_missing' | 'answer_ambiguous' | 'answer_altered', detail: string): FramedAnswer {
  return { ok: false, cause, detail }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
  } catch {
    return false
  }
}
