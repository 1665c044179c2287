import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { DEFAULT_LIMITS, createJangarTransport, createStreamReader } from '@torghut/jangar-transport'
import OpenAI from 'openai'
import { Stream } from 'openai/core/streaming'
import { Agent } from 'undici'

import type { Bench, BenchOptions, BenchResult, Measurement } from '../bench.ts'
import { BenchInvalidError } from '../errors.ts'
import { measureFunctions } from '../measure/micro.ts'
import { DELTAS, answerText, answerWrites } from '../stream/answer-stream.ts'
import { createBareReader } from '../stream/bare-reader.ts'
import { callDirectly } from '../stream/direct-call.ts'

type Chunk = OpenAI.ChatCompletionChunk

const PARSER = 'eventsource-parser'
const OURS = 'our reader'
const SDK = 'openai SDK'

const REQUEST = { model: 'gpt-5.3-codex-spark', messages: [{ role: 'user' as const, content: 'Review this trade' }] }

const encoded = answerWrites.map((text) => new TextEncoder().encode(text))

/** What reading one streamed answer costs, in memory and over loopback HTTP. */
export const assemble: Bench = {
  name: 'assemble',
  title: `Assembling an answer of ${DELTAS} deltas`,
  about:
    'The same bytes, one write a delta, read by our stream reader (schema of every chunk, all bounds, usage, ' +
    'errors), by a bare eventsource-parser loop that checks nothing, and by the npm openai SDK. "Pushed" hands ' +
    'over chunks in memory, "response" is a web Response in memory, "HTTP" a call over loopback to a server in ' +
    'another thread.',
  simulated: false,
  run,
}

async function run(options: BenchOptions): Promise<BenchResult> {
  const server = new Worker(new URL('../stream/answer-server.ts', import.meta.url))
  const agent = new Agent()
  try {
    const [chatUrl] = (await once(server, 'message', { signal: options.signal })) as [string]
    const transport = createJangarTransport({ chatUrl, dispatcher: agent })
    const readers = { ...inMemory(), ...overHttp(chatUrl, agent, transport) }
    await checkReaders(readers)
    const measured = await measureFunctions(readers, options)
    const measurements = [...measured].flatMap(([name, { p50Us }]) => toMeasurement(name, p50Us))
    return { measurements: inOrder(measurements, Object.keys(readers)), notes: [sizeNote()] }
  } finally {
    await agent.destroy()
    await server.terminate()
  }
}

type Readers = Record<string, () => string | Promise<string>>

function inMemory(): Readers {
  return {
    [`pushed: ${PARSER}`]: () => readBare(),
    [`pushed: ${OURS}`]: () => readOurs(),
    [`response: ${PARSER}`]: async () => readBareResponse(),
    [`response: ${OURS}`]: async () => readOurResponse(),
    [`response: ${SDK}`]: () => joinDeltas(Stream.fromSSEResponse<Chunk>(memoryResponse(), new AbortController())),
  }
}

function overHttp(chatUrl: string, agent: Agent, transport: ReturnType<typeof createJangarTransport>): Readers {
  const baseURL = chatUrl.replace(/\/chat\/completions$/, '')
  const sdk = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 })
  return {
    [`HTTP: ${PARSER}`]: () => callDirectly(chatUrl, REQUEST, agent),
    [`HTTP: ${OURS}`]: async () => {
      const result = await transport.complete(REQUEST, { timeoutMs: 20_000 })
      return result.ok ? result.content : result.detail
    },
    [`HTTP: ${SDK}`]: async () => joinDeltas(await sdk.chat.completions.create({ ...REQUEST, stream: true })),
  }
}

function readBare(): string {
  const reader = createBareReader()
  for (const chunk of encoded) reader.push(chunk)
  return reader.content()
}

function readOurs(): string {
  const reader = createStreamReader(DEFAULT_LIMITS)
  for (const chunk of encoded) reader.push(chunk)
  return reader.stream.content
}

async function readBareResponse(): Promise<string> {
  const reader = createBareReader()
  for await (const chunk of bodyOf(memoryResponse())) reader.push(chunk)
  return reader.content()
}

async function readOurResponse(): Promise<string> {
  const reader = createStreamReader(DEFAULT_LIMITS)
  for await (const chunk of bodyOf(memoryResponse())) reader.push(chunk)
  return reader.stream.content
}

function memoryResponse(): Response {
  return new Response(ReadableStream.from(encoded), { headers: { 'content-type': 'text/event-stream' } })
}

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  if (body === null) throw new TypeError('Response has no body')
  return body
}

async function joinDeltas(stream: AsyncIterable<Chunk>): Promise<string> {
  let content = ''
  for await (const { choices } of stream) content += choices[0]?.delta.content ?? ''
  return content
}

/** Who reads something else than the answer must not be compared. */
async function checkReaders(readers: Readers): Promise<void> {
  for (const [name, read] of Object.entries(readers)) {
    const content = await read()
    const problem = `it read "${content.slice(0, 80)}" instead of the answer`
    if (content !== answerText) throw new BenchInvalidError(name, problem)
  }
}

function toMeasurement(name: string, rounds: readonly number[]): Measurement {
  const baseline = name.replace(/: .*/, `: ${PARSER}`)
  return { what: name, unit: 'µs', rounds, against: name === baseline ? null : baseline }
}

function inOrder(measurements: Measurement[], names: readonly string[]): Measurement[] {
  return measurements.toSorted((a, b) => names.indexOf(a.what) - names.indexOf(b.what))
}

function sizeNote(): string {
  const bytes = encoded.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  return `The answer has ${answerText.length} characters in ${bytes} bytes of stream; each figure is one read.`
}
