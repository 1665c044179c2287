import type { ProgramArtifact } from '@torghut/contracts'

import { ANSWER_SCHEMA_VERSION } from '../answer/answer-schema.ts'
import { ADAPTER_VERSION } from '../render/render-messages.ts'

/** The uncompiled program a desk starts with: one judge, no worked examples, no knowledge of any desk's rules. */
export function seedArtifact(model: string): ProgramArtifact {
  return {
    schema_version: 'torghut.program-artifact.v1',
    kind: 'seed',
    program_name: 'trade-review-committee-v1',
    signature_version: 'v1',
    executor: 'dspy_live',
    nodes: [
      {
        id: 'decision_schema',
        signature: 'torghut.dspy.trade-review.v1',
        call_pattern: 'predict',
        inputs: ['request'],
        role: 'policy_judge',
        mandatory: true,
        instructions: SEED_INSTRUCTIONS,
        demonstrations: [],
      },
    ],
    output_node: 'decision_schema',
    adapter_version: ADAPTER_VERSION,
    answer_schema_version: ANSWER_SCHEMA_VERSION,
    model: { name: model, knowledge_cutoff: null },
    calibrator: null,
    provenance: { dataset_hash: null, optimizer: null, seed: null, metric_policy_hash: null },
  }
}

const SEED_INSTRUCTIONS = [
  'You review one trade that an automated strategy proposes, before it may become an order. Your word is advice:',
  'fixed rules decide after you, and they may only be stricter than you are.',
  '',
  'Weigh the decision against the market, the market context, the positions and the account it comes with.',
  'Choose approve when the evidence supports the trade, veto when it speaks against it, adjust when a smaller',
  'size or a calmer order type would make it sound, abstain when the request does not hold enough to judge, and',
  'escalate when a person has to decide. Adjust only if the policy in the request allows it, and stay within its',
  'multipliers and order types.',
  '',
  'Judge by the request alone. Do not invent prices, news or figures it does not hold, and let missing or stale',
  'evidence lower your confidence. State probabilities you would stand by if many such trades were counted',
  'afterwards.',
].join('\n')
