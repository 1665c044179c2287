import type { Reader } from './gateway-rule.ts'

/** How a framed answer looks once its free texts are left out: what stands in them decides nothing. */
export interface Outline {
  text: string
  /** `plain` outside of JSON strings; `kept` and `free` inside of one, `…Escape` right behind a backslash. */
  mode: 'plain' | 'kept' | 'keptEscape' | 'free' | 'freeEscape'
  next: Map<string, Outline>
}

/** A string that opens here is free text: a sentence, or an entry of a list nothing is decided by. */
const FREE_TEXT_AHEAD = /"(?:rationale|rationaleShort|escalateReason)":$|"(?:riskFlags|citations)":\[(?:"x",)*$/

/**
 * Reads a text as its outline: every free text becomes "x". Whatever the decoder accepts, it also accepts
 * as an outline, with the same deciding values: a sentence counts only by being a valid JSON string.
 */
export function outlineReader(): Reader<Outline> {
  const known = new Map<string, Outline>()
  const outline = (mode: Outline['mode'], text: string): Outline => {
    const key = `${mode} ${text}`
    const found = known.get(key) ?? { mode, text, next: new Map() }
    known.set(key, found)
    return found
  }
  return {
    start: outline('plain', ''),
    step(state, character) {
      const found = state.next.get(character) ?? outline(...read(state, character))
      state.next.set(character, found)
      return found
    },
  }
}

function read({ mode, text }: Outline, character: string): [Outline['mode'], string] {
  switch (mode) {
    case 'plain':
      if (character !== '"') return ['plain', text + character]
      return [FREE_TEXT_AHEAD.test(text) ? 'free' : 'kept', `${text}"`]
    case 'kept':
      if (character === '"') return ['plain', `${text}"`]
      return [character === '\\' ? 'keptEscape' : 'kept', text + character]
    case 'keptEscape':
      return ['kept', text + character]
    case 'free':
      if (character === '"') return ['plain', `${text}x"`]
      if (character === '\\') return ['freeEscape', text]
      // Only the markers hold this one, and a marker is looked for before any JSON is read.
      return character === '<' ? ['kept', `${text}<`] : ['free', text]
    case 'freeEscape':
      return ['free', text]
  }
}
