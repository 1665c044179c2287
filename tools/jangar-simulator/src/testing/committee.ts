import { canonicalJson, hashJson } from '@torghut/contracts'
import type { CompletionTransport, ProgramArtifact, ReviewRequest } from '@torghut/contracts'
import { runProgram, seedArtifact, verifyArtifact } from '@torghut/programs'
import type { LoadedArtifact, ProgramRun } from '@torghut/programs'

import type { Character } from '../simulated-model/judge.ts'
import { respond } from '../simulated-model/respond.ts'
import { nonceOf } from './prompts.ts'

/** The committee's seed with `added` below the instructions of some of its nodes. */
export function committeeWith(model: string, added: Readonly<Record<string, string>> = {}): LoadedArtifact {
  const seed = seedArtifact(model)
  const nodes = seed.nodes.map((node) => ({
    ...node,
    instructions: added[node.id] === undefined ? node.instructions : `${node.instructions}\n\n${added[node.id]}`,
  }))
  return load({ ...seed, nodes }, model)
}

function load(artifact: ProgramArtifact, model: string): LoadedArtifact {
  const { program_name: programName, signature_version: signatureVersion } = artifact
  const wanted = { programName, signatureVersion, model, tradingMode: 'paper' } as const
  const verified = verifyArtifact(new TextEncoder().encode(canonicalJson(artifact)), hashJson(artifact), wanted)
  if (!verified.ok) throw new TypeError(verified.detail)
  return verified.artifact
}

/** Reviews a request with the simulated model, as the review API would, without a gateway between them. */
export function reviewBy(character: Character, artifact: LoadedArtifact, request: ReviewRequest, call: number): Promise<ProgramRun> {
  const trace = { attempts: 1, firstTokenMs: 1, totalMs: 1, bytes: 1, completionId: 'c', threadId: null, usage: null }
  const transport: CompletionTransport = {
    complete: ({ messages }) => Promise.resolve({ ok: true, content: respond(messages, character), trace }),
  }
  const ports = { transport, model: character.model, nonce: nonceOf(call), timeoutMs: 8_000, monotonicMs: () => 0 }
  return runProgram(artifact, request, ports)
}
