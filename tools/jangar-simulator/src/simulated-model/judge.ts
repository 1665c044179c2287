import { hashJson } from '@torghut/contracts'
import type { DeskLabel } from '@torghut/market-replay/desk-rules'
import { deskLabel, readDeskFeatures } from '@torghut/market-replay/desk-rules'

import type { Stakes } from './dice.ts'
import { roll } from './dice.ts'
import type { Lesson } from './knowledge.ts'
import { correctShare } from './knowledge.ts'
import type { ReviewPrompt } from './read-prompt.ts'
import { statedRules } from './stated-rules.ts'

/** Shares of all answers: a model sometimes will not say, and sometimes its answer cannot be used. */
const ABSTAIN_SHARE = 0.03
const SPOILT_SHARE = 0.01

/** Of answers that were asked again, since whoever got it wrong once is likely to do so twice. */
const SPOILT_AGAIN_SHARE = 0.3

/** Who answers: the model's name and the simulator's seed are its character. */
export interface Character {
  model: string
  seed: string
}

export interface Judgement {
  verdict: DeskLabel['label'] | 'abstain'
  /** How an unusable answer is unusable; null for all others. */
  spoilt: 'incoherent' | 'unframed' | 'cut' | null
  /** The chance this verdict had of being the desk's own. */
  share: number
  stakes: Stakes
}

/**
 * Judges a request the way this character does after this prompt. The truth is the desk's label; it
 * is found with the chance the prompt's knowledge gives, and the dice see meanings only, so
 * cosmetic edits re-roll nothing.
 */
export function judge(prompt: ReviewPrompt, character: Character): Judgement {
  const truth = deskLabel(prompt.request)
  const { lesson, stakes } = learn(prompt, character)
  const share = correctShare(truth.rule, lesson)
  const right = roll(stakes, 'correct') < share
  const verdict =
    roll(stakes, 'abstain') < ABSTAIN_SHARE
      ? 'abstain'
      : right
        ? truth.label
        : otherVerdict(truth.label, stakes)
  return { verdict, spoilt: spoilBy(stakes, prompt), share, stakes }
}

/** What the prompt taught, and what the dice of its answer depend on. */
export function learn(prompt: ReviewPrompt, character: Character): { lesson: Lesson; stakes: Stakes } {
  const features = featuresOf(prompt.request)
  const lesson: Lesson = {
    rules: statedRules(prompt.instructions),
    // An example that is the question itself would be the answer's leak, not knowledge.
    examples: prompt.examples.filter(({ request }) => hashJson(featuresOf(request)) !== hashJson(features)),
  }
  const shown = lesson.examples
    .map(({ request, verdict }) => hashJson({ features: featuresOf(request), verdict }))
    .sort()
  const task = prompt.task.name === 'decide' ? {} : { task: prompt.task.name }
  return { lesson, stakes: { ...character, rules: lesson.rules, shown, features, ...task } }
}

function otherVerdict(label: DeskLabel['label'], stakes: Stakes): DeskLabel['label'] {
  const [first, second, firstShare] = WRONG_TURNS[label]
  return roll(stakes, 'wrong turn') < firstShare ? first : second
}

/** What is said instead of the truth: the likelier mistake first. */
const WRONG_TURNS = {
  approve: ['veto', 'adjust', 0.6],
  adjust: ['approve', 'veto', 0.65],
  veto: ['approve', 'adjust', 0.75],
} as const

/** Whether the answer cannot be used. Asked again, the dice are thrown again for this alone. */
export function spoilBy(stakes: Stakes, { again }: Pick<ReviewPrompt, 'again'>): Judgement['spoilt'] {
  const share = again
    ? roll(stakes, 'spoilt again') / SPOILT_AGAIN_SHARE
    : roll(stakes, 'spoilt') / SPOILT_SHARE
  if (share >= 1) return null
  return share < 0.5 ? 'incoherent' : share < 0.75 ? 'unframed' : 'cut'
}

/** What makes a request this request: the desk's features and the order itself. */
function featuresOf(request: Record<string, unknown>): Record<string, unknown> {
  const decision =
    typeof request['decision'] === 'object' ? ({ ...request['decision'] } as Record<string, unknown>) : {}
  const order = ['strategy_id', 'symbol', 'action', 'qty', 'event_ts'].map((key) =>
    String(decision[key] ?? ''),
  )
  return { ...readDeskFeatures(request), order }
}
