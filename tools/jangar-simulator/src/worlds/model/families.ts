/** How well a simulated task model learns from what its prompt holds. Shares from 0 to 1. */
export interface TaskProfile {
  /** How well a statement is understood. */
  instructions: number
  /** How much any number of examples can teach at most. */
  demonstrations: number
  /** Supporting examples that teach half of that. */
  demonstrationsForHalf: number
  /** Statements, examples and words a model follows at full attention. */
  capacity: { statements: number; demonstrations: number; words: number }
  /** Excess examples that halve the attention. */
  demonstrationsToHalve: number
  /** The share of answers in the asked layout when the prompt neither shows nor stresses it. */
  wellFormed: number
}

/** How well a simulated author model finds rules in labelled evidence. Shares from 0 to 1. */
export interface AuthorProfile {
  /** The chance to find a rule that a lot of evidence shows. */
  finds: number
  /** Pieces of evidence that give half of that chance; a rule with two conditions needs twice as many. */
  evidenceForHalf: number
  /** How often a stated rule survives a rewriting. */
  keeps: number
  /** How often a rule nobody showed is invented. */
  invents: number
}

export interface StepShape {
  singles: number
  pairs: number
  mark: boolean
  /** The share of rows that no exception rule decides. */
  defaultShare: number
}

export interface Family {
  name: string
  about: string
  steps: readonly StepShape[]
  task: TaskProfile
  author: AuthorProfile
}

const WORDS_MAX = 3_000
const SKILLED_AUTHOR: AuthorProfile = { finds: 0.8, evidenceForHalf: 1.5, keeps: 0.96, invents: 0.08 }
const HASTY_AUTHOR: AuthorProfile = { finds: 0.6, evidenceForHalf: 2, keeps: 0.92, invents: 0.2 }

/**
 * The kinds of worlds. Shapes and profiles are set so that the start program scores 0.20 to 0.35 and
 * a prompt with every training row at most 0.50, in every world; the difficulty page shows it.
 */
export const FAMILIES: readonly Family[] = [
  {
    name: 'conditional',
    about: 'rules with two conditions; the model loves instructions',
    steps: [{ singles: 2, pairs: 4, mark: true, defaultShare: 0.27 }],
    task: {
      instructions: 0.93,
      demonstrations: 0.55,
      demonstrationsForHalf: 2,
      capacity: { statements: 10, demonstrations: 8, words: WORDS_MAX },
      demonstrationsToHalve: 50,
      wellFormed: 1,
    },
    author: SKILLED_AUTHOR,
  },
  {
    name: 'similarity',
    about: 'many narrow rules; the model loves examples and reads instructions badly',
    steps: [{ singles: 8, pairs: 0, mark: false, defaultShare: 0.24 }],
    task: {
      instructions: 0.3,
      demonstrations: 0.96,
      demonstrationsForHalf: 0.6,
      capacity: { statements: 8, demonstrations: 16, words: WORDS_MAX },
      demonstrationsToHalve: 40,
      wellFormed: 1,
    },
    author: HASTY_AUTHOR,
  },
  {
    name: 'mixed',
    about: 'rules of every kind; a strong model that uses both',
    steps: [{ singles: 4, pairs: 2, mark: true, defaultShare: 0.27 }],
    task: {
      instructions: 0.9,
      demonstrations: 0.85,
      demonstrationsForHalf: 1.2,
      capacity: { statements: 14, demonstrations: 12, words: WORDS_MAX },
      demonstrationsToHalve: 40,
      wellFormed: 1,
    },
    author: SKILLED_AUTHOR,
  },
  {
    name: 'brittle',
    about: 'rules of every kind; a model that forgets the layout of its answer',
    steps: [{ singles: 4, pairs: 2, mark: true, defaultShare: 0.4 }],
    task: {
      instructions: 0.85,
      demonstrations: 0.8,
      demonstrationsForHalf: 1.2,
      capacity: { statements: 10, demonstrations: 8, words: WORDS_MAX },
      demonstrationsToHalve: 40,
      wellFormed: 0.72,
    },
    author: HASTY_AUTHOR,
  },
  {
    name: 'small',
    about: 'few rules; a model with room for few statements and few examples',
    steps: [{ singles: 4, pairs: 1, mark: false, defaultShare: 0.22 }],
    task: {
      instructions: 0.85,
      demonstrations: 0.8,
      demonstrationsForHalf: 1,
      capacity: { statements: 4, demonstrations: 4, words: WORDS_MAX / 2 },
      demonstrationsToHalve: 25,
      wellFormed: 1,
    },
    author: SKILLED_AUTHOR,
  },
  {
    name: 'chain',
    about: 'two steps, the second needs the answer of the first; a strong model',
    steps: [
      { singles: 3, pairs: 0, mark: false, defaultShare: 0.5 },
      { singles: 2, pairs: 2, mark: true, defaultShare: 0.5 },
    ],
    task: {
      instructions: 0.9,
      demonstrations: 0.8,
      demonstrationsForHalf: 1.2,
      capacity: { statements: 12, demonstrations: 10, words: WORDS_MAX },
      demonstrationsToHalve: 40,
      wellFormed: 1,
    },
    author: SKILLED_AUTHOR,
  },
]
