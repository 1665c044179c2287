import { sha256Hex } from '@torghut/contracts'
import type { ArtifactNode, CompletionResult, FallbackCause, ReviewRequest } from '@torghut/contracts'

import { decodeAnswer } from '../answer/decode-answer.ts'
import { extractFramedAnswer } from '../answer/frame.ts'
import type { LoadedProgram } from '../artifact/loaded-artifact.ts'
import { PromptTooLargeError } from '../errors.ts'
import { promptHash } from '../render/prompt-hash.ts'
import { renderMessages } from '../render/render-messages.ts'
import { findIncoherence } from './coherence.ts'
import { NO_TRACE, traceOf } from './program-run.ts'
import type { ProgramPorts, ProgramRun, ProgramTrace } from './program-run.ts'
import { toAdvice } from './to-advice.ts'

/** Asks the model once and reads its answer. A failure anywhere is a value that names its cause; never throws. */
export async function runLive(
  loaded: LoadedProgram,
  request: ReviewRequest,
  ports: ProgramPorts,
): Promise<ProgramRun> {
  let trace: ProgramTrace = NO_TRACE
  try {
    const node = outputNode(loaded)
    const messages = renderMessages(node, request, ports.nonce)
    trace = { ...trace, promptHash: promptHash(messages, ports.nonce) }
    const result = await ports.transport.complete(
      { model: ports.model, messages },
      { timeoutMs: ports.timeoutMs, ...(ports.signal === undefined ? {} : { signal: ports.signal }) },
    )
    trace = { ...trace, ...traceOf(result.trace) }
    return readResult(result, { loaded, node, request, nonce: ports.nonce, trace })
  } catch (error) {
    return failed(causeOf(error), safeDetail(error), trace)
  }
}

function outputNode({ program }: LoadedProgram): ArtifactNode {
  const node = program.nodes.find(({ id }) => id === program.output_node)
  if (node === undefined) throw new RangeError('Program names no output node')
  return node
}

interface Reading {
  loaded: LoadedProgram
  node: ArtifactNode
  request: ReviewRequest
  nonce: string
  trace: ProgramTrace
}

function readResult(result: CompletionResult, { loaded, node, request, nonce, trace }: Reading): ProgramRun {
  if (!result.ok) return failed(result.cause, result.detail, trace)
  const responseText = result.content.trim()
  const received = { ...trace, responseText, responseHash: sha256Hex(responseText) }
  const framed = extractFramedAnswer(responseText, nonce)
  if (!framed.ok) return failed(framed.cause, framed.detail, { ...received, strictlyValid: false })
  const decoded = decodeAnswer(framed.text)
  if (!decoded.ok) return failed(decoded.cause, decoded.detail, { ...received, strictlyValid: false })
  const { output, ignoredKeys, strictlyValid } = decoded
  const read = { ...received, ignoredKeys, strictlyValid }
  const incoherence = findIncoherence(output, request)
  if (incoherence !== null) return failed('advice_incoherent', incoherence, read)
  return {
    ok: true,
    advice: toAdvice(output, node, loaded.mandatoryRoles),
    mandatoryRoles: loaded.mandatoryRoles,
    ...read,
  }
}

function failed(cause: FallbackCause, detail: string, trace: ProgramTrace): ProgramRun {
  return { ok: false, cause, detail, ...trace }
}

function causeOf(error: unknown): FallbackCause {
  return error instanceof PromptTooLargeError ? 'resource_exceeded' : 'internal'
}

/** The error's name only: its message may quote the request. */
function safeDetail(error: unknown): string {
  return error instanceof Error ? error.name : 'Unknown error'
}
