/** One thing the doctor looked at. `note` is worth knowing and no reason to act; `wrong` makes the exit code 1. */
export interface Finding {
  check: string
  state: 'ok' | 'note' | 'wrong'
  found: string
  /** What to do about it; null when there is nothing to do. */
  advice: string | null
}

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, advice: null })

export const note = (check: string, found: string, advice: string | null = null): Finding => ({
  check,
  state: 'note',
  found,
  advice,
})

export const wrong = (check: string, found: string, advice: string): Finding => ({
  check,
  state: 'wrong',
  found,
  advice,
})

/** A sentence of ours says what is wrong before its colon and what to do after it. */
export function wrongSentence(check: string, sentence: string): Finding {
  const at = sentence.lastIndexOf(': ')
  return at < 0
    ? wrong(check, sentence, 'see the message')
    : wrong(check, sentence.slice(0, at), sentence.slice(at + 2))
}

/** The words of whatever was thrown. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
