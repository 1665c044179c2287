import type { ArtifactNode, ProgramArtifact } from '@torghut/contracts'

import { ANSWER_SCHEMA_VERSION } from '../answer/answer-schema.ts'
import { ADAPTER_VERSION } from '../render/render-messages.ts'
import { counterThesis, riskCritic, signalSynthesis } from '../signature/critics.ts'
import { tradeReview } from '../signature/trade-review.ts'
import { CRITIC_INSTRUCTIONS, DECIDING_INSTRUCTIONS, JUDGE_INSTRUCTIONS } from './seed-instructions.ts'

/** The uncompiled committee a desk starts with: no worked examples, no knowledge of any desk's rules. */
export function seedArtifact(model: string): ProgramArtifact {
  return seedOf(model, [
    {
      ...ASKED_ONCE,
      id: 'counter_thesis',
      signature: counterThesis.name,
      inputs: ['request'],
      role: 'execution_critic',
      mandatory: true,
      instructions: CRITIC_INSTRUCTIONS.counterThesis,
    },
    {
      ...ASKED_ONCE,
      id: 'signal_synthesis',
      signature: signalSynthesis.name,
      inputs: ['request'],
      role: 'researcher',
      mandatory: false,
      instructions: CRITIC_INSTRUCTIONS.signalSynthesis,
    },
    {
      ...ASKED_ONCE,
      id: 'risk_critic',
      signature: riskCritic.name,
      inputs: ['request', 'signal_synthesis', 'counter_thesis'],
      role: 'risk_critic',
      mandatory: true,
      instructions: CRITIC_INSTRUCTIONS.riskCritic,
    },
    {
      ...JUDGE,
      inputs: ['request', 'signal_synthesis', 'counter_thesis', 'risk_critic'],
      instructions: DECIDING_INSTRUCTIONS,
    },
  ])
}

/** The same with the judge alone: one call a review, for a desk that cannot wait for a committee. */
export function soloSeedArtifact(model: string): ProgramArtifact {
  return seedOf(model, [{ ...JUDGE, inputs: ['request'], instructions: JUDGE_INSTRUCTIONS }])
}

const ASKED_ONCE = { call_pattern: 'predict', demonstrations: [] } as const satisfies Partial<ArtifactNode>

const JUDGE = {
  ...ASKED_ONCE,
  id: 'decision_schema',
  signature: tradeReview.name,
  role: 'policy_judge',
  mandatory: true,
} as const satisfies Partial<ArtifactNode>

type SeedNode = Omit<ArtifactNode, 'demonstrations'> & { demonstrations: readonly [] }

function seedOf(model: string, nodes: readonly SeedNode[]): ProgramArtifact {
  return {
    schema_version: 'torghut.program-artifact.v1',
    kind: 'seed',
    program_name: 'trade-review-committee-v1',
    signature_version: 'v1',
    executor: 'dspy_live',
    nodes: nodes.map((node) => ({ ...node, demonstrations: [] })),
    output_node: 'decision_schema',
    adapter_version: ADAPTER_VERSION,
    answer_schema_version: ANSWER_SCHEMA_VERSION,
    model: { name: model, knowledge_cutoff: null },
    calibrator: null,
    provenance: { dataset_hash: null, optimizer: null, seed: null, metric_policy_hash: null },
  }
}
