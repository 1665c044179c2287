import type { ProgramOutput, ReviewAdvice, ReviewRequest } from '@torghut/contracts'

import type { LoadedArtifact, LoadedBootstrap, LoadedProgram } from '../artifact/loaded-artifact.ts'
import { toAdvice } from '../committee/to-advice.ts'
import type { Voice } from '../committee/member.ts'
import { committeeFields, heuristicFields } from '../provenance/field-sources.ts'
import { recordNodes } from '../provenance/record-nodes.ts'
import { tradeReview } from '../signature/trade-review.ts'
import { findBrokenConstraint } from '../validators/constraints.ts'
import { heuristicAdvice } from './heuristic.ts'
import { NO_TRACE, failedRun } from './program-run.ts'
import type { ProgramPorts, ProgramRun } from './program-run.ts'
import { runGraph } from './run-graph.ts'
import type { NodeRun } from './run-node.ts'
import { traceRun } from './trace-run.ts'

/**
 * Reviews a request with a verified artifact: its executor decides whether a model is asked. Never throws; a run that
 * failed names its cause, and the caller lets the fallback speak.
 */
export async function runProgram(
  loaded: LoadedArtifact,
  request: ReviewRequest,
  ports: ProgramPorts,
): Promise<ProgramRun> {
  try {
    return loaded.executor === 'dspy_live' ? await runLive(loaded, request, ports) : runHeuristic(loaded, request)
  } catch (error) {
    return failedRun('internal', error instanceof Error ? error.name : 'Unknown error')
  }
}

async function runLive(loaded: LoadedProgram, request: ReviewRequest, ports: ProgramPorts): Promise<ProgramRun> {
  const { graph, mandatoryRoles } = loaded
  const startedAtMs = ports.monotonicMs()
  const run = await runGraph(graph, request, loaded, ports)
  const trace = traceRun(run.nodes, graph, ports.monotonicMs() - startedAtMs)
  const nodes = recordNodes(run.nodes)
  const unadvised = { ...trace, provenance: { nodes, fields: [] } }
  if (!run.ok) return { ok: false, cause: run.cause, detail: run.detail, ...unadvised }
  const judge = tradeReview.output.parse(run.outputs[graph.output.id])
  const advice = adviceOf(judge, run.nodes, { loaded, request })
  const broken = findBrokenConstraint(advice, request)
  if (broken !== null) return { ok: false, cause: 'advice_incoherent', detail: broken, ...unadvised }
  const provenance = { nodes, fields: committeeFields(advice, nodes) }
  return { ok: true, advice, mandatoryRoles, ...trace, provenance }
}

function adviceOf(
  judge: ProgramOutput,
  nodes: readonly NodeRun[],
  { loaded, request }: { loaded: LoadedProgram; request: ReviewRequest },
): ReviewAdvice {
  const { mandatoryRoles, program } = loaded
  const orderQty = request.decision.qty
  return toAdvice(judge, { voices: voicesOf(nodes), mandatoryRoles, orderQty, calibrator: program.calibrator })
}

function voicesOf(nodes: readonly NodeRun[]): Voice[] {
  return nodes.flatMap(({ graphNode: { id, node }, output }) =>
    node.role === null ? [] : [{ node: id, role: node.role, mandatory: node.mandatory, output }],
  )
}

function runHeuristic({ mandatoryRoles }: LoadedBootstrap, request: ReviewRequest): ProgramRun {
  const advice = heuristicAdvice(request)
  return { ok: true, advice, mandatoryRoles, ...NO_TRACE, provenance: { nodes: [], fields: heuristicFields(advice) } }
}
