import { ReviewRequest } from '@torghut/contracts'

import { bandFits, citationsExist } from '../validators/coherence.ts'
import { noInventedSignals } from '../validators/invented-signals.ts'
import { list, share, text } from './field.ts'
import { memberFields } from './member-fields.ts'
import { defineSignature } from './signature.ts'

/** Longest argument of a member, in characters: two or three sentences. */
const ARGUMENT_LENGTH_MAX = 560
const PATH_LENGTH_MAX = 256

/** SignalSynthesis: what the evidence says for the trade. */
export const signalSynthesis = defineSignature({
  name: 'torghut.committee.signal-synthesis.v1',
  reads: { request: ReviewRequest },
  answers: {
    ...memberFields,
    thesis: text(ARGUMENT_LENGTH_MAX, 'the case for the trade, as strong as the request allows'),
    supporting: list('request fields that speak for the trade, as dotted paths', PATH_LENGTH_MAX),
    conflicting: list('request fields that speak against it, as dotted paths', PATH_LENGTH_MAX),
    expectedEdge: share('how much the evidence favours the trade, from 0 (nothing does) to 1'),
  },
  checks: [citationsExist('supporting', 'conflicting'), bandFits, noInventedSignals('thesis', 'rationaleShort')],
})

/** CounterThesis: the strongest objection. It reads the request and not the thesis, so that it owes it nothing. */
export const counterThesis = defineSignature({
  name: 'torghut.committee.counter-thesis.v1',
  reads: { request: ReviewRequest },
  answers: {
    ...memberFields,
    counterThesis: text(ARGUMENT_LENGTH_MAX, 'the strongest objection to the trade'),
    failureModes: list('ways the trade could go wrong, in a few words each'),
    citations: list('request fields the objection rests on, as dotted paths', PATH_LENGTH_MAX),
    strength: share('how strong the objection is, from 0 (none worth naming) to 1'),
  },
  checks: [citationsExist('citations'), bandFits, noInventedSignals('counterThesis', 'rationaleShort')],
})

/** RiskCritic: both arguments against account, positions and limits, and how much of the size they bear. */
export const riskCritic = defineSignature({
  name: 'torghut.committee.risk-critic.v1',
  reads: { request: ReviewRequest, signal_synthesis: signalSynthesis.output, counter_thesis: counterThesis.output },
  answers: {
    ...memberFields,
    maxQtyMultiplier: share('the largest share of the order that may be traded: 1 for all of it, 0.5 for half'),
  },
  checks: [bandFits, noInventedSignals('rationaleShort')],
})
