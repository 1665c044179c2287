import { z } from 'zod'

import { Stage } from '../review/vocabulary.ts'
import { Sha256, text } from '../scalars.ts'

/** The lanes of the lifecycle, in the order they run; `gepa-experiment` is optional, never promotes (contract, 6.5). */
export const Lane = z.enum(['dataset-build', 'compile', 'eval', 'gepa-experiment', 'promote'])
export type Lane = z.infer<typeof Lane>

/** The implementation spec each lane runs under (contract, 6.5). */
export const LANE_SPECS = {
  'dataset-build': 'torghut-dspy-dataset-build-v1',
  compile: 'torghut-dspy-compile-mipro-v1',
  eval: 'torghut-dspy-eval-v1',
  'gepa-experiment': 'torghut-dspy-gepa-experiment-v1',
  promote: 'torghut-dspy-promote-artifact-v1',
} as const satisfies Record<Lane, string>

/** A parameter value: text, never empty. A number or a flag travels as its text. */
const Parameter = z.string().trim().min(1).max(1024)

/** Positive, of days, hours, minutes and seconds only (contract, 6.1). */
const DatasetWindow = z.string().regex(/^P(?=.*[1-9])(?=\d|T\d)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/)

/** All symbols, those of enabled strategies, or a list (contract, 6.1). */
const UniverseRef = z
  .string()
  .regex(/^(all|\*|torghut:all|torghut:equity:enabled|symbols:[\w.^/-]{1,32}(,[\w.^/-]{1,32}){0,499})$/)

/** The four spellings the contract knows all mean one optimizer (6.2). */
const Optimizer = z.enum(['miprov2', 'mipro', 'mipro-v2', 'mipro_v2']).overwrite(() => 'miprov2')

/**
 * One run of one lane and what it is told; also what waits in the lane's queue. Unknown keys are refused, so that
 * evidence handed in as a parameter, or a `prompt`, can never be mistaken for something that counts.
 */
export const LaneRun = z.discriminatedUnion('lane', [
  laneRun('dataset-build', { datasetWindow: DatasetWindow, universeRef: UniverseRef }),
  laneRun('compile', { datasetRef: Parameter, metricPolicyRef: Parameter, optimizer: Optimizer }),
  laneRun('eval', { compileResultRef: Parameter, gatePolicyRef: Parameter }),
  laneRun('gepa-experiment', { baselineArtifactRef: Parameter, experimentName: text(128) }),
  laneRun('promote', {
    evalReportRef: Parameter,
    artifactHash: Sha256,
    promotionTarget: Stage,
    approvalRef: Parameter,
  }),
])
export type LaneRun = z.output<typeof LaneRun>

/**
 * Fills what a caller may leave out: where the lane before wrote its result, the window and the universe (contract,
 * 6.5). A promotion's target and approval have no default: whoever promotes says what, where to and by whose leave.
 */
export function withLaneDefaults(lane: Lane, given: Readonly<Record<string, string>>): Record<string, string> {
  const root = (given['artifactPath'] ?? '').trim().replace(/\/+$/, '')
  return { ...laneDefaults(lane, root), ...given }
}

function laneDefaults(lane: Lane, root: string): Record<string, string> {
  switch (lane) {
    case 'dataset-build':
      return { datasetWindow: 'P30D', universeRef: 'torghut:equity:enabled' }
    case 'compile':
      return { datasetRef: `${root}/dataset-build/dspy-dataset.json`, optimizer: 'miprov2' }
    case 'eval':
      return { compileResultRef: `${root}/compile/dspy-compile-result.json` }
    case 'promote':
      return { evalReportRef: `${root}/eval/dspy-eval-report.json` }
    case 'gepa-experiment':
      return {}
  }
}

/** Every lane knows the repository state it works for and where its files go. */
function laneRun<L extends Lane, Shape extends z.core.$ZodLooseShape>(lane: L, own: Shape) {
  return z.strictObject({
    lane: z.literal(lane),
    parameters: z.strictObject({
      repository: Parameter,
      base: Parameter,
      head: Parameter,
      artifactPath: Parameter,
      issueNumber: Parameter.default('0'),
      priorityId: Parameter.optional(),
      ...own,
    }),
  })
}
