import { AdviceVerdict, ProgramOutput, RATIONALE_LENGTH_MAX, REQUIRED_CHECKS, ReviewRequest } from '@torghut/contracts'

import type { AnswerField } from '../answer/answer-field.ts'
import { BAND_WORDS, ORDER_TYPE_WORDS, VERDICT_WORDS } from '../answer/words.ts'
import { bandFits, citationsExist, oneLargestProbability, probabilitiesSum } from '../validators/coherence.ts'
import { noInventedSignals } from '../validators/invented-signals.ts'
import { agreesWithCritics, sizeWithinOrder } from '../validators/judgement.ts'
import { counterThesis, riskCritic, signalSynthesis } from './critics.ts'
import type { Signature } from './signature.ts'

/** List bounds are those of the contract's program output; a test holds each against it. */
const LIST = { kind: 'list', itemsMax: 32, itemLengthMax: 128 } as const

/** The deciding answer, field by field: what the model is told and what the decoder enforces are both made from this. */
export const ANSWER_FIELDS: readonly AnswerField[] = [
  {
    name: 'verdict',
    travels: { kind: 'word', words: VERDICT_WORDS, optional: false },
    doc: 'what to do with the trade; must be the option with the largest probability below, without a tie',
  },
  { name: 'confidence', travels: { kind: 'number' }, doc: 'how sure you are of the verdict' },
  {
    name: 'probabilities',
    travels: { kind: 'probabilities', keys: AdviceVerdict.options },
    doc: 'how likely each verdict is the right one; all five, summing to 1',
  },
  {
    name: 'uncertaintyBand',
    travels: { kind: 'word', words: BAND_WORDS, optional: false },
    doc: 'how uncertain the situation is',
  },
  { name: 'adjustedQty', travels: { kind: 'quantity' }, doc: 'the quantity to trade instead; needed for "adjust"' },
  {
    name: 'adjustedOrderType',
    travels: { kind: 'word', words: ORDER_TYPE_WORDS, optional: true },
    doc: 'the order type to use instead',
  },
  {
    name: 'limitPrice',
    travels: { kind: 'quantity' },
    doc: `the limit price; needed for the order types "${ORDER_TYPE_WORDS.limit}" and "${ORDER_TYPE_WORDS.stop_limit}"`,
  },
  {
    name: 'rationale',
    travels: { kind: 'text', lengthMax: RATIONALE_LENGTH_MAX, optional: false },
    doc: 'why, in one or two sentences that rest on the request',
  },
  {
    name: 'rationaleShort',
    travels: { kind: 'text', lengthMax: RATIONALE_LENGTH_MAX, optional: true },
    doc: 'the same in a few words',
  },
  {
    name: 'escalateReason',
    travels: { kind: 'text', lengthMax: RATIONALE_LENGTH_MAX, optional: true },
    doc: 'what a person has to decide; needed for "escalate"',
  },
  {
    name: 'requiredChecks',
    travels: LIST,
    doc: `checks to run before the order, out of: ${REQUIRED_CHECKS.join(', ')}`,
  },
  { name: 'riskFlags', travels: LIST, doc: 'risks you see, as short snake_case words' },
  {
    name: 'citations',
    travels: { ...LIST, itemLengthMax: 256 },
    doc: 'the request fields you relied on, as dotted paths such as decision.qty or positions.0.qty',
  },
]

/** DecisionSchema: the node that answers for the program. Alone it reads the request, in a committee the members too. */
export const tradeReview: Signature<ProgramOutput> = {
  name: 'torghut.dspy.trade-review.v1',
  reads: {
    request: ReviewRequest,
    signal_synthesis: signalSynthesis.output.optional(),
    counter_thesis: counterThesis.output.optional(),
    risk_critic: riskCritic.output.optional(),
  },
  fields: ANSWER_FIELDS,
  output: ProgramOutput,
  checks: [
    probabilitiesSum,
    oneLargestProbability,
    citationsExist('citations'),
    bandFits,
    sizeWithinOrder,
    noInventedSignals('rationale', 'rationaleShort'),
    agreesWithCritics,
  ],
  votes: ['verdict', 'adjustedQty', 'adjustedOrderType', 'limitPrice'],
}
