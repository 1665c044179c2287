import { deskLabel } from '@torghut/market-replay/desk-rules'

import { bandOf, citationsOf, sightOf } from './compose-answer.ts'
import { roll } from './dice.ts'
import type { Stakes } from './dice.ts'
import { learn, spoilBy } from './judge.ts'
import type { Character, Judgement } from './judge.ts'
import { insightShare } from './knowledge.ts'
import type { ReviewPrompt } from './read-prompt.ts'
import type { TaskName } from './task.ts'

/** An answer before it is written down, and how it cannot be used if it cannot. */
export interface Answer {
  output: object
  spoilt: Judgement['spoilt']
}

/** A critic raises an alarm without a reason now and then. */
const FALSE_ALARM_SHARE = 0.01

/** What a member of the committee found: whether it sees what the desk would, and what it therefore says. */
interface Finding {
  verdict: 'approve' | 'adjust' | 'veto'
  confidence: number
  sight: string
}

/**
 * Answers as a member of the committee, true to its part: the researcher makes the case for the trade and objects to
 * nothing, the critics object when they see that the desk would. What they see comes from their own prompt.
 */
export function argue(prompt: ReviewPrompt, character: Character): Answer {
  const { lesson, stakes } = learn(prompt, character)
  const finding = findOut(prompt, stakes, insightShare(deskLabel(prompt.request).rule, lesson))
  const spoilt = spoilBy(stakes, prompt)
  const output = { ...memberPart(finding, spoilt), ...ownPart(prompt, finding) }
  return { output, spoilt }
}

function findOut({ request, task }: ReviewPrompt, stakes: Stakes, insight: number): Finding {
  const { label } = deskLabel(request)
  const sees = roll(stakes, 'insight') < insight
  const alarmed = roll(stakes, 'false alarm') < FALSE_ALARM_SHARE
  const objection = sees ? label : alarmed ? 'veto' : 'approve'
  const sure = Math.round((0.55 + 0.3 * roll(stakes, 'confidence')) * 100) / 100
  return { verdict: task.name === 'support' ? 'approve' : objection, confidence: sure, sight: sightOf(request) }
}

function memberPart({ verdict, confidence, sight }: Finding, spoilt: Judgement['spoilt']): object {
  return {
    verdict,
    confidence: spoilt === 'incoherent' ? 0.9 : confidence,
    uncertaintyBand: spoilt === 'incoherent' ? 'high' : bandOf(confidence),
    rationaleShort: `${REASONS[verdict]}: ${sight}`,
    requiredChecks: ['risk_engine'],
    riskFlags: verdict === 'approve' ? [] : ['market_risk'],
  }
}

const REASONS: Readonly<Record<Finding['verdict'], string>> = {
  approve: 'Nothing here stands against the trade',
  adjust: 'A smaller size would do',
  veto: 'This trade should not be made',
}

function ownPart({ request, task: { name } }: ReviewPrompt, finding: Finding): object {
  const citations = citationsOf(request)
  return PARTS[name](finding, citations)
}

const PARTS: Readonly<Record<TaskName, (finding: Finding, citations: string[]) => object>> = {
  support: ({ confidence, sight }, citations) => ({
    thesis: `The strategy's signal is in order: ${sight}.`,
    supporting: citations,
    conflicting: [],
    expectedEdge: confidence,
  }),
  object: ({ verdict, sight }, citations) => ({
    counterThesis: verdict === 'approve' ? `Little can be said against ${sight}.` : `Look again at ${sight}.`,
    failureModes: verdict === 'approve' ? [] : ['the move is over', 'volatility takes the stop'],
    citations,
    strength: verdict === 'approve' ? 0.2 : 0.8,
  }),
  guard: ({ verdict }) => ({ maxQtyMultiplier: verdict === 'adjust' ? 0.5 : 1 }),
  decide: () => ({}),
}
