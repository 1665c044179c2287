import type { Sha256Hex } from '@torghut/contracts'

import { ASK_AGAIN_MAX } from '../graph/call-pattern.ts'
import type { GraphNode } from '../graph/build-graph.ts'
import { classifyFailure } from '../recovery/classify.ts'
import { nodeInput } from '../render/node-input.ts'
import { promptHash } from '../render/prompt-hash.ts'
import { renderMessages } from '../render/render-messages.ts'
import { shapeOf } from '../signature/node-shape.ts'
import type { NodeInputs } from '../signature/signature.ts'
import { askModel } from './ask-model.ts'
import type { CallRecord, Question, Reply } from './ask-model.ts'
import { callNonce } from './call-nonce.ts'
import { recallChecks } from './check-answer.ts'
import type { Failure } from './node-failure.ts'
import { readAnswer } from './read-answer.ts'
import type { AnswerReading, CheckResult } from './read-answer.ts'
import { remainingMs } from './run-context.ts'
import type { RunContext } from './run-context.ts'

/** One answer of a node, or why there is none, with every call made for it. */
export interface Sample {
  answer: { ok: true; output: Record<string, unknown> } | Failure
  calls: CallRecord[]
  checks: CheckResult[]
}

/**
 * Draws one sample: asks, reads, and where the answer cannot be used tells the model why and asks once more, if there is
 * time. What the gateway failed to bring is not asked again here: the model never saw the question.
 */
export async function drawSample(
  graphNode: GraphNode,
  inputs: NodeInputs,
  { sample, context, signal, inputHash }: { sample: number; context: RunContext; signal: AbortSignal; inputHash: Sha256Hex },
): Promise<Sample> {
  const calls: CallRecord[] = []
  let refusal: string | undefined
  for (let again = 0; ; again += 1) {
    const asked: { nonce: string } = { nonce: '' }
    const question = (turn: number) => {
      const made = makeQuestion(graphNode, inputs, callNonce(context.ports.nonce, { nodeId: graphNode.id, sample, turn }), refusal)
      asked.nonce = made.nonce
      return made
    }
    const ask = again === 0 ? 'first' : 'again'
    const reply = await askModel(question, { context, signal, records: calls, sample, ask })
    const { answer, checks } = await readReply(reply, asked.nonce, { graphNode, inputs, calls, context, inputHash, signal })
    if (answer.ok || again === ASK_AGAIN_MAX || !isWorthAsking(answer, context, signal)) return { answer, calls, checks }
    refusal = answer.detail
  }
}

/** A node's question as one call puts it; its hash is the same whatever the nonce. */
export function makeQuestion({ node, signature, edges }: GraphNode, inputs: NodeInputs, nonce: string, refusal?: string): Question {
  const input = nodeInput({ edges }, inputs)
  const messages = renderMessages(node, input, nonce, { signature, ...(refusal === undefined ? {} : { refusal }) })
  return { messages, promptHash: promptHash(messages, nonce), nonce }
}

interface ReplyTerms {
  graphNode: GraphNode
  inputs: NodeInputs
  inputHash: Sha256Hex
  calls: CallRecord[]
  context: RunContext
  signal: AbortSignal
}

/** Reads a reply and writes what came of it into the record of its call. */
async function readReply(
  reply: Reply,
  nonce: string,
  { graphNode, inputs, inputHash, calls, context, signal }: ReplyTerms,
): Promise<Pick<AnswerReading, 'answer' | 'checks'>> {
  if (!reply.ok) return { answer: reply, checks: [] }
  const { node, signature } = graphNode
  const { validations } = context.ports
  const terms = { shape: shapeOf(node.call_pattern, signature), signature, inputs }
  const reading = await readAnswer(
    reply.content,
    nonce,
    validations === undefined
      ? terms
      : { ...terms, findings: (answer) => recallChecks(answer, { validations, inputHash, signal }) },
  )
  const { answer, strictlyValid, ignoredKeys } = reading
  const last = calls.at(-1)
  if (last !== undefined) Object.assign(last, { strictlyValid, ignoredKeys, cause: answer.ok ? null : answer.cause })
  return reading
}

function isWorthAsking({ cause }: Failure, context: RunContext, signal: AbortSignal): boolean {
  return classifyFailure(cause) === 'validation' && !signal.aborted && remainingMs(context) >= 1
}
