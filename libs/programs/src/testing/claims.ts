import type { ArtifactNode, CompletionRequest, CompletionResult, CompletionTransport } from '@torghut/contracts'
import { z } from 'zod'

import { encodeAnswer } from '../answer/encode-answer.ts'
import { findNonce } from '../answer/frame.ts'
import { share, text, word } from '../signature/field.ts'
import { signatureRegistry } from '../signature/registry.ts'
import { anySignature, defineSignature } from '../signature/signature.ts'
import type { AnySignature } from '../signature/signature.ts'
import { FAKE_TRACE } from './fake-transport.ts'

/** What a node of a test graph answers. */
export interface Claim {
  side: 'long' | 'short' | 'flat'
  confidence: number
  reason: string
}

const ANSWERS = {
  side: word(['long', 'short', 'flat'], 'which side the claim is on'),
  confidence: share('how sure it is'),
  reason: text(200, 'why'),
}

/** A claim that reads the request alone. */
export const claim = defineSignature({ name: 'test.claim.v1', reads: { request: z.looseObject({}) }, answers: ANSWERS })

/** A claim that reads any of four others beside the request. */
export const verdictOnClaims = {
  ...claim,
  name: 'test.verdict.v1',
  reads: {
    request: z.looseObject({}).optional(),
    a: claim.output.optional(),
    b: claim.output.optional(),
    c: claim.output.optional(),
    d: claim.output.optional(),
  },
}

/** A claim that reads however many others there are, by the ports `p0`, `p1`, … */
export function wideVerdict(ports: number): AnySignature {
  const reads = Object.fromEntries(Array.from({ length: ports }, (_, at) => [`p${at}`, claim.output]))
  return anySignature({ ...claim, name: 'test.wide.v1', reads })
}

export const CLAIM_SIGNATURES = signatureRegistry(anySignature(claim), anySignature(verdictOnClaims))

/** A node of a test graph; its instructions name it, so that a transport knows who asks. */
export function claimNode(id: string, inputs: string[], changes: Partial<ArtifactNode> = {}): ArtifactNode {
  const isLeaf = inputs.length === 1 && inputs[0] === 'request'
  return {
    id,
    signature: isLeaf ? claim.name : verdictOnClaims.name,
    call_pattern: 'predict',
    inputs,
    role: null,
    mandatory: false,
    instructions: `You are ${id}.`,
    demonstrations: [],
    ...changes,
  }
}

export interface AskedClaim {
  id: string
  request: CompletionRequest
  signal: AbortSignal | undefined
  timeoutMs: number
}

/** A transport whose model is a function of the node that asks; it keeps count of the calls under way. */
export interface ClaimTransport extends CompletionTransport {
  readonly asked: AskedClaim[]
  /** Most calls that were under way at once. */
  peak: number
}

/** `answer` gives a claim, a text to send as it is, or a whole result. */
export function claimTransport(answer: (asked: AskedClaim) => Promise<Claim | string | CompletionResult>): ClaimTransport {
  let underWay = 0
  const transport: ClaimTransport = {
    asked: [],
    peak: 0,
    async complete(request, { timeoutMs, signal }) {
      const prompt = request.messages[0]?.content ?? ''
      const asked = { id: /^You are (\w+)\./.exec(prompt)?.[1] ?? '', request, signal, timeoutMs }
      transport.asked.push(asked)
      underWay += 1
      transport.peak = Math.max(transport.peak, underWay)
      try {
        return toResult(await answer(asked), prompt)
      } finally {
        underWay -= 1
      }
    },
  }
  return transport
}

function toResult(answer: Claim | string | CompletionResult, prompt: string): CompletionResult {
  if (typeof answer === 'object' && 'ok' in answer) return answer
  const fields = prompt.includes('\n- reasoning: ') ? [REASONING, ...claim.fields] : claim.fields
  const content = typeof answer === 'string' ? answer : encodeAnswer({ reasoning: 'x', ...answer }, findNonce(prompt) ?? '', fields)
  return { ok: true, content, trace: FAKE_TRACE }
}

const REASONING = { name: 'reasoning', travels: { kind: 'text', lengthMax: 9, optional: false }, doc: '' } as const

export function sampleClaim(changes: Partial<Claim> = {}): Claim {
  return { side: 'long', confidence: 0.6, reason: 'It looks right', ...changes }
}
