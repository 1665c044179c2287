import { LANE_SPECS, LaneRun } from '@torghut/contracts'
import type { Lane } from '@torghut/contracts'

import type { ImplementationSpec } from '../objects/implementation-spec.ts'
import { labelsOf } from '../torghut/names.ts'

/** The five specs lane runs refer to: what a lane is told, what it does, and which parameters it needs. */
export function implementationSpec(lane: Lane, namespace: string): ImplementationSpec {
  const name = LANE_SPECS[lane]
  const { summary, steps, criteria } = LANE_TEXTS[lane]
  const requiredKeys = requiredParameters(lane)
  return {
    apiVersion: 'agents.proompteng.ai/v1alpha1',
    kind: 'ImplementationSpec',
    metadata: { name, namespace, labels: labelsOf(name, `lane-${lane}`) },
    spec: {
      summary,
      text: `${[summary, ...steps, parameterLines(requiredKeys)].join('\n\n')}\n`,
      acceptanceCriteria: [...criteria, 'Running it twice with the same parameters leaves the same records.'],
      contract: { requiredKeys },
      source: { provider: 'manual' },
    },
  }
}

/** Parameters without a default, straight from the schema that parses a run, sorted. */
export function requiredParameters(lane: Lane): string[] {
  const run = LaneRun.options.find(({ shape }) => shape.lane.value === lane)
  const parameters: Record<string, { safeParse(value: unknown): { success: boolean } }> =
    run?.shape.parameters.shape ?? {}
  return Object.keys(parameters)
    .filter((name) => parameters[name]?.safeParse(undefined).success === false)
    .sort()
}

/** The placeholders an agent's controller fills in. */
function parameterLines(names: readonly string[]): string {
  return ['Parameters:', ...names.map((name) => `- ${name}: \${${name}}`)].join('\n')
}

const LANE_TEXTS: Record<Lane, { summary: string; steps: readonly string[]; criteria: readonly string[] }> = {
  'dataset-build': {
    summary: 'Build a dataset of reviewed decisions with their labels.',
    steps: [
      'Take the reviews of the window and the universe, with the results and feedback known by its end. Nothing that became known after a decision may stand beside it.',
      'Split by time into training, validation and holdout, purged by the horizon of the labels. Write the rows, their hash and the counts of each split.',
    ],
    criteria: ['Every row names the review it came from.', 'A check that cannot run is a failure.'],
  },
  compile: {
    summary: 'Compile the program on the training rows.',
    steps: [
      'Run the optimizer on the training and validation rows of the dataset within its budget, judged by the metric policy. Every model call goes through the gateway and into the ledger; a call that is stored is not made again.',
      'Write the candidate artifact under its hash, with dataset, optimizer, seed and metric policy as its provenance.',
    ],
    criteria: ['A replay from the ledger makes no model call and yields the same artifact hash.'],
  },
  eval: {
    summary: 'Evaluate a candidate on rows it never saw.',
    steps: [
      'Review the holdout rows with the candidate and with what is promoted now. Count every answer, also those that failed.',
      'Judge each metric by the unfavourable end of its confidence interval and write the report with every check, passed or not.',
    ],
    criteria: [
      'A metric that is missing fails its check.',
      'The report names the artifact, the dataset and the gate policy by hash.',
    ],
  },
  'gepa-experiment': {
    summary: 'Try reflective prompt evolution from a baseline artifact.',
    steps: [
      'Evolve the instructions of the baseline within the budget and compare the result with it on validation rows.',
      'Write the experiment report. An experiment is evidence for a person and never a promotion.',
    ],
    criteria: ['No promotion record and no pin is written.'],
  },
  promote: {
    summary: 'Promote an evaluated artifact to a target.',
    steps: [
      'Check the evaluation of this artifact, the gate policy, and the signed approval for this program, artifact, target and evaluation. Each is read from the store by its hash; nothing handed in as text counts as evidence.',
      'Write the promotion record and use up the approval in the same transaction. Pinning the artifact is a change of the manifests, made from that record.',
    ],
    criteria: ['A denylisted artifact is refused.', 'Without a valid approval nothing is written.'],
  },
}
