import type { AppendResult, AuditWriter } from '@torghut/artifact-store'
import type { CompletionResult, CompletionTransport, ReviewAnswer, ReviewRecord } from '@torghut/contracts'
import { currentSpan, noteFacts } from '@torghut/telemetry'
import type { SpanFacts, Tracer } from '@torghut/telemetry'

import type { ReviewRecording } from '../review/idempotent-review.ts'

/** The gateway's name in the attributes OpenTelemetry defines for generative models. */
const PROVIDER = 'jangar'

/** Ids as gateways give them; anything else may be a text. */
const SANE_ID = /^[\w.:-]{1,128}$/

/** Tells one review as a span; what it asked and what the gates said are spans below it. */
export function traceReview(tracer: Tracer, review: () => Promise<ReviewRecord>): Promise<ReviewRecord> {
  return tracer.span('review', 'internal', async (span) => {
    const record = await review()
    span.set(reviewFacts(record))
    return record
  })
}

/** Tells every model call as a client span with OpenTelemetry's GenAI names: numbers and ids, none of the words. */
export function traceTransport(
  tracer: Tracer,
  transport: CompletionTransport,
  isSimulated: () => boolean,
): CompletionTransport {
  return {
    complete: (request, options) =>
      tracer.span(`chat ${request.model}`, 'client', async (span) => {
        span.set({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': PROVIDER,
          'gen_ai.system': PROVIDER, // The older name, which many viewers still read.
          'gen_ai.request.model': request.model,
        })
        const result = await transport.complete(request, options)
        span.set({ ...completionFacts(result), 'torghut.simulated': isSimulated() })
        if (!result.ok) span.fail(result.cause)
        return result
      }),
  }
}

/** Runs the gates as a span with one event an outcome: which gate, whether it passed, its code; never the evidence. */
export function traceGates<Settled extends Pick<ReviewRecord, 'outcomes' | 'verdict' | 'reason'>>(
  tracer: Tracer,
  settle: () => Settled,
): Settled {
  return tracer.spanSync('gates', 'internal', (span) => {
    const settled = settle()
    for (const outcome of settled.outcomes) {
      span.event('gate', {
        'torghut.gate': outcome.gate,
        'torghut.gate_passed': outcome.passed,
        'torghut.gate_code': outcome.passed ? null : outcome.code,
      })
    }
    span.set({ 'torghut.verdict': settled.verdict, 'torghut.reason': settled.reason })
    return settled
  })
}

/** Tells the wait for the durable record as a span that names where in its chain the record stands. */
export function traceRecording(tracer: Tracer, recording: () => ReviewRecording): () => ReviewRecording {
  return () => {
    const opened = recording()
    const append: AuditWriter['append'] = (entry) =>
      tracer.span('record', 'internal', async (span) => {
        const appended = await opened.writer.append(entry)
        const { writer_id: writerId, seq } = receiptOf(appended)
        span.set({ 'torghut.record_state': appended.state, 'torghut.writer_id': writerId, 'torghut.writer_seq': seq })
        return appended
      })
    return { store: opened.store, writer: { append } }
  }
}

/** Names the answered review on the request's own span and in its log lines. */
export function noteAnswer({ answer, fresh }: { answer: ReviewAnswer; fresh: boolean }): void {
  noteFacts({ reviewId: answer.review_id })
  currentSpan().set({
    'torghut.review_id': answer.review_id,
    'torghut.trade_decision_id': answer.trade_decision_id,
    'torghut.verdict': answer.verdict,
    'torghut.fresh': fresh,
  })
}

function reviewFacts(record: ReviewRecord): SpanFacts {
  const { lineage } = record
  return {
    'torghut.review_id': record.review_id,
    'torghut.trade_decision_id': record.trade_decision_id,
    'torghut.verdict': record.verdict,
    'torghut.reason': record.reason,
    'torghut.advice_verdict': record.advice?.verdict,
    'torghut.fallback_cause': record.fallback?.cause,
    'torghut.llm_skipped': record.llm_skipped,
    'torghut.artifact_hash': lineage.artifact_hash,
    'torghut.artifact_kind': lineage.artifact_kind,
    'torghut.executor': lineage.executor,
    'torghut.arm': lineage.arm,
    'torghut.stage': lineage.stage,
    'torghut.simulated': lineage.simulated,
    'torghut.clock': record.clock,
  }
}

function completionFacts({ trace }: CompletionResult): SpanFacts {
  const { completionId, usage } = trace
  return {
    'gen_ai.response.id': completionId !== null && SANE_ID.test(completionId) ? completionId : null,
    'gen_ai.usage.input_tokens': usage?.promptTokens,
    'gen_ai.usage.output_tokens': usage?.completionTokens,
    'torghut.attempts': trace.attempts,
    'torghut.first_token_ms': trace.firstTokenMs,
  }
}

function receiptOf(appended: AppendResult) {
  return appended.state === 'stored' ? appended.receipt : appended.review.receipt
}
