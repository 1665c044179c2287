import type { Attributes as OtelAttributes, Context, Span as OtelSpan, Tracer as OtelTracer } from '@opentelemetry/api'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, isSpanContextValid, trace } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'

import { currentScope, runInScope } from './request-scope.ts'
import type { RequestFacts } from './request-scope.ts'

/** Facts on a span; what is null or undefined is left out. Never a text somebody else wrote. */
export type SpanFacts = Record<string, string | number | boolean | null | undefined>

/** One span while it is open. Nothing here throws, and nothing here costs anything while no trace is kept. */
export interface Span {
  set(facts: SpanFacts): void
  event(name: string, facts: SpanFacts): void
  /** Marks the span as failed. `errorType` is a word of ours or a class name, never a message: messages quote. */
  fail(errorType: string): void
}

/** The request being served: its scope and its span. */
export interface RequestSpan extends Span {
  run<Result>(run: () => Result): Result
  end(): void
}

export type SpanKindName = 'internal' | 'client'

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT } as const

/** What the story is told to. Spans nest by where code runs, so nobody hands them around. */
export class Tracer {
  readonly #tracer: OtelTracer

  constructor(tracer: OtelTracer) {
    this.#tracer = tracer
  }

  /**
   * Opens a request's scope and, when it has a name, its server span. The trace of the caller (W3C `traceparent`) goes
   * on; a header that is not one starts a new trace. To be ended once.
   */
  openRequest(request: { requestId: string; spanName: string | null; traceparent: string | undefined }): RequestSpan {
    const parent = callersContext(request.traceparent)
    const options = { kind: SpanKind.SERVER }
    const span = request.spanName === null ? null : this.#tracer.startSpan(request.spanName, options, parent)
    const context = span === null ? parent : trace.setSpan(parent, span)
    const spanContext = trace.getSpanContext(context)
    const facts: RequestFacts = { requestId: request.requestId }
    if (spanContext !== undefined && isSpanContextValid(spanContext)) facts.traceId = spanContext.traceId
    const scope = { facts, context }
    return { ...writerOf(span), run: (run) => runInScope(scope, run), end: () => span?.end() }
  }

  /** Runs `run` under a span of its own, which ends with it. A failure is noted by its class and thrown on. */
  async span<Result>(name: string, kind: SpanKindName, run: (span: Span) => Promise<Result>): Promise<Result> {
    const { span, enter } = this.#open(name, kind)
    try {
      return await enter(() => run(writerOf(span)))
    } catch (error) {
      failWith(span, error)
      throw error
    } finally {
      span.end()
    }
  }

  /** The same for what does not wait. */
  spanSync<Result>(name: string, kind: SpanKindName, run: (span: Span) => Result): Result {
    const { span, enter } = this.#open(name, kind)
    try {
      return enter(() => run(writerOf(span)))
    } catch (error) {
      failWith(span, error)
      throw error
    } finally {
      span.end()
    }
  }

  #open(name: string, kind: SpanKindName) {
    const { facts, context: parent } = currentScope() ?? { facts: null, context: ROOT_CONTEXT }
    const span = this.#tracer.startSpan(name, { kind: KINDS[kind] }, parent)
    const scope = { facts, context: trace.setSpan(parent, span) }
    return { span, enter: <Result>(run: () => Result) => runInScope(scope, run) }
  }
}

/** The span code runs under now; outside of any, what is written to it is lost. */
export function currentSpan(): Span {
  const scope = currentScope()
  return writerOf(scope === undefined ? null : (trace.getSpan(scope.context) ?? null))
}

function callersContext(traceparent: string | undefined): Context {
  const caller = traceparent === undefined ? null : parseTraceParent(traceparent)
  return caller === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...caller, isRemote: true })
}

function writerOf(span: OtelSpan | null): Span {
  if (span?.isRecording() !== true) return SILENT
  return {
    set: (facts) => void span.setAttributes(known(facts)),
    event: (name, facts) => void span.addEvent(name, known(facts)),
    fail: (errorType) => failAs(span, errorType),
  }
}

const SILENT: Span = { set: () => undefined, event: () => undefined, fail: () => undefined }

function failWith(span: OtelSpan, error: unknown): void {
  failAs(span, error instanceof Error ? error.name : 'unknown')
}

function failAs(span: OtelSpan, errorType: string): void {
  span.setAttribute('error.type', errorType)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

function known(facts: SpanFacts): OtelAttributes {
  return Object.fromEntries(Object.entries(facts).filter((entry) => entry[1] != null)) as OtelAttributes
}
