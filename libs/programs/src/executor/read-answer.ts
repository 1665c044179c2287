import type { FallbackCause } from '@torghut/contracts'

import { decodeAnswer } from '../answer/decode-answer.ts'
import type { AnswerShape } from '../answer/decode-answer.ts'
import { extractFramedAnswer } from '../answer/frame.ts'
import type { AnySignature, NodeInputs } from '../signature/signature.ts'
import { checkAnswer } from './check-answer.ts'
import type { CheckedAnswer } from './check-answer.ts'
import { failure } from './node-failure.ts'
import type { Failure } from './node-failure.ts'

/** What was looked at in an answer, and whether it held. */
export interface CheckResult {
  check: string
  passed: boolean
}

export interface AnswerReading {
  answer: { ok: true; output: Record<string, unknown> } | Failure
  checks: CheckResult[]
  strictlyValid: boolean
  ignoredKeys: readonly string[]
}

export interface ReadingTerms {
  shape: AnswerShape<Record<string, unknown>>
  signature: AnySignature
  inputs: NodeInputs
  /** What the checks find; they look for themselves when absent. */
  findings?: (answer: CheckedAnswer) => Promise<(string | null)[]>
}

/** Reads a reply as a signature's answer: its frame, its shape, then what the signature says must hold of it. */
export async function readAnswer(
  content: string,
  nonce: string,
  { shape, signature, inputs, findings }: ReadingTerms,
): Promise<AnswerReading> {
  const framed = extractFramedAnswer(content, nonce)
  if (!framed.ok) return unread('frame', [], framed)
  const inFrame = [{ check: 'frame', passed: true }]
  const decoded = decodeAnswer(framed.text, shape)
  if (!decoded.ok) return unread('schema', inFrame, decoded)
  const { output, ignoredKeys } = decoded
  const answered = { signature, output, inputs }
  const said = findings === undefined ? checkAnswer(answered) : await findings(answered)
  const found = signature.checks.map(({ id, severity }, at) => ({ id, severity, finding: said[at] ?? null }))
  const checks = [
    ...inFrame,
    { check: 'schema', passed: true },
    ...found.map(({ id, finding }) => ({ check: id, passed: finding === null })),
  ]
  const error = found.find(({ severity, finding }) => severity === 'error' && finding !== null)
  const answer = error === undefined ? { ok: true as const, output } : failure('advice_incoherent', error.finding ?? error.id)
  return { answer, checks, ignoredKeys, strictlyValid: decoded.strictlyValid && !framed.repaired }
}

function unread(check: string, before: CheckResult[], { cause, detail }: { cause: FallbackCause; detail: string }): AnswerReading {
  return { answer: failure(cause, detail), checks: [...before, { check, passed: false }], strictlyValid: false, ignoredKeys: [] }
}
