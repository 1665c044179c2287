/** The three states of the gateway that were recorded, oldest first. */
export const REVISIONS = ['R1', 'R2', 'R3'] as const
export type Revision = (typeof REVISIONS)[number]

export interface RevisionFacts {
  date: string
  /** What `/openai/v1/models` lists unless configured otherwise; the first one serves requests that name none. */
  models: readonly string[]
  /** Whether `stream: true` is the only mode. */
  streamOnly: boolean
  /** Whether headers and a comment leave at once; before, headers wait for the first bytes. */
  greetsAtOnce: boolean
  /** Longest flattened prompt, in UTF-16 units. */
  promptLengthMax: number
  /** Whether one dead backend process silences every later call. */
  sharesBackend: boolean
}

/** Where the revisions differ on the wire; everything else is the same in all three. */
export const REVISION_FACTS: Readonly<Record<Revision, RevisionFacts>> = {
  R1: {
    date: '2026-02-27',
    models: ['gpt-5.3-codex', 'gpt-5.3-codex-spark'],
    streamOnly: true,
    greetsAtOnce: false,
    promptLengthMax: Number.POSITIVE_INFINITY,
    sharesBackend: true,
  },
  R2: {
    date: '2026-03-05',
    models: ['gpt-5.3-codex', 'gpt-5.3-codex-spark'],
    streamOnly: false,
    greetsAtOnce: false,
    promptLengthMax: Number.POSITIVE_INFINITY,
    sharesBackend: true,
  },
  R3: {
    date: '2026-08-22',
    models: ['gpt-5.6-sol'],
    streamOnly: false,
    greetsAtOnce: true,
    promptLengthMax: 1_048_576,
    sharesBackend: false,
  },
}

export function isRevision(text: unknown): text is Revision {
  return REVISIONS.some((known) => known === text)
}
