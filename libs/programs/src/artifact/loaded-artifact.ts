import type { CommitteeTrace, ProgramArtifact, Stage } from '@torghut/contracts'

import type { ProgramGraph } from '../graph/build-graph.ts'

/** Roles whose missing, failed or vetoing answer is a veto. */
export type MandatoryRole = CommitteeTrace['mandatory_roles'][number]

interface LoadedCommon {
  hash: string
  programName: string
  signatureVersion: string
  mandatoryRoles: readonly MandatoryRole[]
  /** The promotion target it is served under. */
  stage: Stage
}

export interface LoadedBootstrap extends LoadedCommon {
  kind: 'bootstrap'
  executor: 'heuristic'
}

export interface LoadedProgram extends LoadedCommon {
  kind: 'seed' | 'compiled'
  executor: 'dspy_live'
  program: ProgramArtifact
  /** The program as it is run. */
  graph: ProgramGraph
}

/** An artifact that passed `verifyArtifact`: the only thing `runProgram` takes. */
export type LoadedArtifact = LoadedBootstrap | LoadedProgram
