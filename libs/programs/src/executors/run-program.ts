import type { ReviewRequest } from '@torghut/contracts'

import type { LoadedArtifact } from '../artifact/loaded-artifact.ts'
import { runLive } from './dspy-live.ts'
import { heuristicAdvice } from './heuristic.ts'
import { NO_TRACE } from './program-run.ts'
import type { ProgramPorts, ProgramRun } from './program-run.ts'

/**
 * Reviews a request with a verified artifact: its executor decides whether a model is asked, once at most. Never
 * throws; a run that failed names its cause, and the caller lets the fallback speak.
 */
export async function runProgram(
  loaded: LoadedArtifact,
  request: ReviewRequest,
  ports: ProgramPorts,
): Promise<ProgramRun> {
  if (loaded.executor === 'dspy_live') return runLive(loaded, request, ports)
  try {
    return { ok: true, advice: heuristicAdvice(request), mandatoryRoles: loaded.mandatoryRoles, ...NO_TRACE }
  } catch (error) {
    return { ok: false, cause: 'internal', detail: error instanceof Error ? error.name : 'Unknown error', ...NO_TRACE }
  }
}
