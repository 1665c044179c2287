import { expect, test } from 'vitest'

import type { ArtifactNode, CompletionResult } from '@torghut/contracts'
import { canonicalJson } from '@torghut/contracts'

import { buildGraph } from '../graph/build-graph.ts'
import { NodeCache } from '../cache/node-cache.ts'
import type { RunCheckpoint, RunCheckpoints } from '../cache/run-checkpoints.ts'
import { ValidationCache } from '../cache/validation-cache.ts'
import { BudgetOwner } from '../limits/budget-owner.ts'
import { RESOURCE_PRESETS } from '../limits/resource-limits.ts'
import type { ResourceLimits } from '../limits/resource-limits.ts'
import { NodeBreakers } from '../recovery/node-breakers.ts'
import { signatureRegistry } from '../signature/registry.ts'
import { anySignature } from '../signature/signature.ts'
import { CLAIM_SIGNATURES, claim, claimNode, claimTransport, sampleClaim, wideVerdict } from '../testing/claims.ts'
import type { AskedClaim, Claim } from '../testing/claims.ts'
import { FAKE_TRACE } from '../testing/fake-transport.ts'
import { memoryTier } from '../testing/memory-tier.ts'
import { SAMPLE_NONCE } from '../testing/samples.ts'
import { runGraph } from './run-graph.ts'
import type { GraphRun } from './run-graph.ts'
import type { NodeFailure } from './run-node.ts'
import type { ProgramPorts } from './run-ports.ts'

const FAN = ['a', 'b', 'c', 'd'].map((id) => claimNode(id, ['request']))
const FAN_IN = [...FAN, claimNode('last', ['a', 'b', 'c', 'd'])]
const CHAIN = [claimNode('a', ['request']), claimNode('b', ['a']), claimNode('last', ['b'])]

type Answer = (asked: AskedClaim) => Promise<Claim | string | CompletionResult>

const agree: Answer = ({ id }) => Promise.resolve(sampleClaim({ reason: id }))

function run(nodes: ArtifactNode[], answer: Answer = agree, changes: Partial<ProgramPorts> = {}, request: unknown = { n: 1 }) {
  const transport = claimTransport(answer)
  const graph = buildGraph({ nodes, output_node: nodes.at(-1)?.id ?? '' }, CLAIM_SIGNATURES)
  return { transport, result: runGraph(graph, request, { hash: 'a'.repeat(64), programName: 'p' }, ports(transport, changes)) }
}

function ports(transport: ProgramPorts['transport'], changes: Partial<ProgramPorts> = {}): ProgramPorts {
  const limits = { ...RESOURCE_PRESETS.unlimited }
  return { transport, model: 'm', nonce: SAMPLE_NONCE, timeoutMs: 1_000, monotonicMs: () => 0, limits, ...changes }
}

test('runGraph() asks every node once and shows each what the nodes before it answered', async () => {
  const { transport, result } = run(CHAIN)
  expect(await result).toMatchObject({ ok: true, outputs: { last: { reason: 'last' } } })
  const shown = transport.asked.map(({ id, request }) => [id, JSON.parse(request.messages.at(-1)?.content ?? '')])
  expect(shown).toMatchObject([['a', { n: 1 }], ['b', { a: { reason: 'a' } }], ['last', { b: { reason: 'b' } }]])
  expect(Object.keys(shown[2]?.[1])).toEqual(['b'])
})

test('runGraph() runs independent nodes side by side: four of them overlap', async () => {
  const all = Promise.withResolvers<null>()
  let open = 0
  // Nobody is answered until four ask: in series the fourth would never come.
  const { transport, result } = run(FAN_IN, async ({ id }) => {
    open += 1
    if (open === 4) all.resolve(null)
    await all.promise
    return sampleClaim({ reason: id })
  })
  expect((await result).ok).toBe(true)
  expect(transport.peak).toBe(4)
})

test.each([1, 2, 3])('runGraph() keeps %d calls under way at most', async (concurrency) => {
  const limits = { ...RESOURCE_PRESETS.unlimited, concurrency }
  const slow: Answer = async (asked) => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    return agree(asked)
  }
  const { transport, result } = run(FAN_IN, slow, { limits })
  expect((await result).ok).toBe(true)
  expect(transport.peak).toBe(concurrency)
})

test('runGraph() gives the same bytes a hundred times, in whatever order the answers arrive', async () => {
  const order = (seed: number, id: string) => (seed * 7 + id.charCodeAt(0) * 13) % 11
  const bytes = new Set<string>()
  for (let seed = 0; seed < 100; seed += 1) {
    const { result } = run(FAN_IN, async (asked) => {
      for (let turn = 0; turn < order(seed, asked.id); turn += 1) await Promise.resolve()
      return agree(asked)
    })
    bytes.add(canonicalJson(withoutGraph(await result)))
  }
  expect(bytes.size).toBe(1)
})

test('runGraph() finishes a hundred nodes side by side and in a row, three calls at a time', async () => {
  const limits = { ...RESOURCE_PRESETS.unlimited, concurrency: 3 }
  const wide = Array.from({ length: 100 }, (_, at) => claimNode(`n${at}`, ['request']))
  const inputs = wide.map(({ id }, at) => `p${at}=${id}`)
  const last = { ...claimNode('last', inputs), signature: 'test.wide.v1' }
  const graph = buildGraph({ nodes: [...wide, last], output_node: 'last' }, signatureRegistry(...CLAIM_SIGNATURES.values(), wideVerdict(100)))
  const wideRun = await runGraph(graph, {}, { hash: 'h', programName: 'p' }, ports(claimTransport(agree), { limits }))
  expect(wideRun).toMatchObject({ ok: true, outputs: { last: { reason: 'last' } } })
  const row = Array.from({ length: 100 }, (_, at) => claimNode(`n${at}`, [at === 0 ? 'request' : `a=n${at - 1}`]))
  expect(await run(row, agree, { limits }).result).toMatchObject({ ok: true, outputs: { n99: { reason: 'n99' } } })
})

test('runGraph() gives each node a state of its own', async () => {
  const request = { list: [1] }
  const before = structuredClone(request)
  const { result } = run(FAN_IN, agree, {}, request)
  const ended = await result
  expect(request).toEqual(before)
  const outputs = ended.ok ? ended.outputs : {}
  expect(outputs['a']).not.toBe(outputs['b'])
})

test('runGraph() stops the siblings of a node that failed, and names it', async () => {
  const stopped: string[] = []
  const { transport, result } = run(FAN_IN, ({ id, signal }) => {
    if (id === 'c') return Promise.resolve({ ok: false, cause: 'gateway_reset', detail: 'gone', trace: FAKE_TRACE })
    const { promise, resolve } = Promise.withResolvers<CompletionResult>()
    signal?.addEventListener('abort', () => {
      stopped.push(id)
      resolve({ ok: false, cause: 'gateway_reset', detail: 'aborted', trace: FAKE_TRACE })
    })
    return promise
  })
  expect(await result).toMatchObject({ ok: false, cause: 'gateway_reset', detail: 'c: gone' })
  expect(stopped).toEqual(['a', 'b', 'd'])
  expect(transport.asked.map(({ id }) => id)).not.toContain('last')
})

test('runGraph() of one call at a time makes none after the first that failed', async () => {
  const limits = { ...RESOURCE_PRESETS.unlimited, concurrency: 1 }
  const gone: Answer = () => Promise.resolve({ ok: false, cause: 'gateway_refused', detail: '', trace: FAKE_TRACE })
  const { transport, result } = run(FAN_IN, gone, { limits })
  expect(await result).toMatchObject({ ok: false, cause: 'gateway_refused' })
  expect(transport.asked.map(({ id }) => id)).toEqual(['a'])
})

test('runGraph() ends when it is given up from outside', async () => {
  const outside = new AbortController()
  const { result } = run(CHAIN, () => {
    outside.abort()
    return Promise.resolve({ ok: false, cause: 'gateway_reset', detail: 'aborted', trace: FAKE_TRACE })
  }, { signal: outside.signal })
  expect(await result).toMatchObject({ ok: false })
})

test('runGraph() gives every call what is left of one deadline, and makes none after it', async () => {
  let nowMs = 0
  const { transport, result } = run(CHAIN, async (asked) => {
    nowMs += 400
    return agree(asked)
  }, { monotonicMs: () => nowMs, timeoutMs: 1_000 })
  expect((await result).ok).toBe(true)
  expect(transport.asked.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 600, 200])
  const late = run(CHAIN, async (asked) => {
    nowMs += 500
    return agree(asked)
  }, { monotonicMs: () => nowMs, timeoutMs: 1_000 })
  expect(await late.result).toMatchObject({ ok: false, cause: 'resource_exceeded', detail: expect.stringMatching(/^resource_exceeded:time/) })
  expect(late.transport.asked).toHaveLength(2)
})

test('runGraph() tells a model once what was wrong with its answer, and keeps what the first one was', async () => {
  const { transport, result } = run([claimNode('a', ['request'])], ({ request }) => {
    const again = request.messages[0]?.content.includes('You answered this very request before')
    return Promise.resolve(again === true ? sampleClaim() : 'I would go long.')
  })
  const ended = await result
  expect(ended).toMatchObject({ ok: true, nodes: [{ calls: [
    { ask: 'first', cause: 'answer_missing', strictlyValid: false },
    { ask: 'again', cause: null, strictlyValid: true },
  ] }] })
  const [first, second] = transport.asked.map(({ request }) => request.messages)
  expect(second?.[0]?.content).toContain('the answer was refused: No answer marker of this call.')
  expect(second?.at(-1)).toEqual(first?.at(-1))
})

test.each([
  ['prose', 'Ich würde kaufen.', 'answer_missing'],
  ['another role\'s answer', '<answer-x>{"verdict":"approve"}</answer-x>', 'answer_missing'],
])('runGraph() gives up on %s after two calls', async (_name, text, cause) => {
  const { transport, result } = run([claimNode('a', ['request'])], () => Promise.resolve(text))
  expect(await result).toMatchObject({ ok: false, cause, detail: 'No answer marker of this call' })
  expect(transport.asked).toHaveLength(2)
})

test.each(['gateway_stalled', 'gateway_reset', 'gateway_error_frame'] as const)(
  'runGraph() repeats no call that ended with %s: the transport has tried it',
  async (cause) => {
    const retry = { sleep: () => Promise.resolve(), random: () => 0 }
    const failed: Answer = () => Promise.resolve({ ok: false, cause, detail: '', trace: FAKE_TRACE })
    const { transport, result } = run([claimNode('a', ['request'])], failed, { retry })
    expect(await result).toMatchObject({ ok: false, cause })
    expect(transport.asked).toHaveLength(1)
  },
)

test('runGraph() asks for reasoning first and leaves it behind', async () => {
  const node = claimNode('a', ['request'], { call_pattern: 'chain_of_thought' })
  const { transport, result } = run([node])
  expect(await result).toMatchObject({ ok: true, outputs: { a: { reason: 'a' } } })
  expect(transport.asked[0]?.request.messages[0]?.content).toContain('\n- reasoning: ')
  const ended = await result
  expect(ended.ok && Object.keys(ended.outputs['a'] ?? {})).not.toContain('reasoning')
})

const voting = claimNode('a', ['request'], { call_pattern: 'majority', samples: 3 })

test('runGraph() takes the answer most samples agree on, whatever their words', async () => {
  const sides = ['short', 'long', 'long'] as const
  let asked = 0
  const { transport, result } = run([voting], () => {
    const side = sides[asked % 3] ?? 'flat'
    asked += 1
    return Promise.resolve(sampleClaim({ side, reason: `draw ${asked}` }))
  })
  expect(await result).toMatchObject({ ok: true, outputs: { a: { side: 'long', reason: 'draw 2' } }, nodes: [{ chosen: 1 }] })
  expect(transport.asked).toHaveLength(3)
})

test('runGraph() takes no side when the samples have no majority', async () => {
  const sides = ['short', 'long', 'flat'] as const
  let asked = 0
  const { result } = run([voting], () => {
    asked += 1
    return Promise.resolve(sampleClaim({ side: sides[asked - 1] ?? 'flat' }))
  })
  expect(await result).toMatchObject({ ok: false, cause: 'advice_incoherent', detail: 'No answer has a majority of the samples' })
})

test('runGraph() takes the surest of several samples and bears with one that failed', async () => {
  const best = claimNode('a', ['request'], { call_pattern: 'best_of', samples: 3 })
  const confidences = [0.6, null, 0.9]
  let asked = 0
  const { result } = run([best], () => {
    const confidence = confidences[asked]
    asked += 1
    return Promise.resolve(confidence == null ? { ok: false, cause: 'gateway_reset', detail: '', trace: FAKE_TRACE } : sampleClaim({ confidence }))
  })
  expect(await result).toMatchObject({ ok: true, outputs: { a: { confidence: 0.9 } }, nodes: [{ chosen: 2 }] })
})

test.each<[string, Partial<ResourceLimits>, number]>([
  ['calls', { calls: 2 }, 2],
  ['tokens', { tokens: 2_000 }, 1],
  ['memory', { memoryBytes: 10 }, 0],
  ['time', { timeMs: 0 }, 0],
])('runGraph() makes no call that would pass the limit on %s', async (kind, limit, calls) => {
  const { transport, result } = run(CHAIN, agree, { limits: { ...RESOURCE_PRESETS.unlimited, ...limit } })
  const ended = await result
  expect(ended).toMatchObject({ ok: false, cause: 'resource_exceeded' })
  expect(ended.ok ? '' : ended.detail).toMatch(new RegExp(`^resource_exceeded:${kind}`))
  expect(transport.asked).toHaveLength(calls)
})

test('runGraph() ends when a call used more than it was expected to', async () => {
  const usage = { promptTokens: 9_000, completionTokens: 9_000, totalTokens: 18_000 }
  const { transport, result } = run(CHAIN, () => Promise.resolve({ ok: true, content: 'x', trace: { ...FAKE_TRACE, usage } }), {
    limits: { ...RESOURCE_PRESETS.unlimited, tokens: 10_000 },
  })
  expect(await result).toMatchObject({ ok: false, detail: 'resource_exceeded:tokens (18000 of 10000)' })
  expect(transport.asked).toHaveLength(1)
})

test('runGraph() tries a call again that found no budget, and gives its share back', async () => {
  const owner = new BudgetOwner({ bounds: { calls: 1, tokens: 1_000_000 }, waitingMax: 0, now: () => 0, setTimer: () => () => {} })
  const other = owner.openRun({ tenant: 'x', endsAtMs: 1_000 })
  const held = await other.acquire({ calls: 1, tokens: 1 })
  const allowance = owner.openRun({ tenant: 'y', endsAtMs: 1_000 })
  const waits: number[] = []
  const sleep = (ms: number) => {
    waits.push(ms)
    if (held.ok) other.giveBack(held)
    return Promise.resolve()
  }
  const { result } = run([claimNode('a', ['request'])], agree, { allowance, retry: { sleep, random: () => 0.5 } })
  expect(await result).toMatchObject({ ok: true, nodes: [{ calls: [{ ask: 'first', cause: 'overloaded' }, { ask: 'retry', cause: null }] }] })
  expect(waits).toEqual([400])
  expect(owner.held()).toMatchObject({ calls: 0, tokens: 0 })
})

test('runGraph() does not ask a node whose breaker is open', async () => {
  const settings = { maxErrors: 3, windowMs: 300_000, cooldownMs: 600_000 }
  const breakers = new NodeBreakers(settings, { now: () => 0, newOwner: () => 'x' })
  const prose: Answer = () => Promise.resolve('no')
  const node = [claimNode('a', ['request'])]
  for (let at = 0; at < 3; at += 1) expect(await run(node, prose, { breakers }).result).toMatchObject({ cause: 'answer_missing' })
  const { transport, result } = run(node, agree, { breakers })
  expect(await result).toMatchObject({ ok: false, cause: 'breaker_open' })
  expect(transport.asked).toEqual([])
})

test('runGraph() asks nothing a cache knows, and never with another run\'s context', async () => {
  const cache = new NodeCache<NodeFailure>({ now: () => 0 })
  const first = await run(FAN_IN, agree, { cache }).result
  const { transport, result } = run(FAN_IN, agree, { cache, nonce: SAMPLE_NONCE.split('').reverse().join('') })
  const second = await result
  expect(transport.asked).toEqual([])
  expect(second.ok && second.outputs).toEqual(first.ok && first.outputs)
  expect(first.nodes.map(({ cache: state }) => state)).toEqual(Array(5).fill('miss'))
  expect(second.nodes.map(({ cache: state, calls }) => [state, calls.length])).toEqual(Array(5).fill(['hit', 0]))
  for (const change of [{ model: 'other' }, { variant: 1 }]) {
    const other = run(FAN_IN, agree, { cache, ...change })
    await other.result
    expect(other.transport.asked).toHaveLength(5)
  }
})

test('runGraph() takes no cached answer for another input, and names the prompt a cached one stands for', async () => {
  const cache = new NodeCache<NodeFailure>({ now: () => 0 })
  const [asked] = (await run(CHAIN, agree, { cache }).result).nodes
  const other = run(CHAIN, agree, { cache }, { n: 2 })
  await other.result
  expect(other.transport.asked.map(({ id }) => id)).toEqual(['a'])
  const [hit] = (await run(CHAIN, agree, { cache }).result).nodes
  expect([hit?.cache, hit?.cachedPromptHash]).toEqual(['hit', asked?.calls[0]?.promptHash])
  expect(hit?.checks).toContainEqual({ check: 'schema', passed: true })
})

test('runGraph() asks again where a cached answer would be refused today', async () => {
  const tier = memoryTier()
  const spoil = (text: string) => text.replace('"reason":"a"', '"reason":""')
  await run(CHAIN, agree, { cache: new NodeCache<NodeFailure>({ now: () => 0, tier }) }).result
  for (const [key, entry] of tier.entries) tier.entries.set(key, { ...entry, text: spoil(entry.text) })
  const { transport, result } = run(CHAIN, agree, { cache: new NodeCache<NodeFailure>({ now: () => 0, tier }) })
  expect((await result).ok).toBe(true)
  expect(transport.asked.map(({ id }) => id)).toEqual(['a'])
})

test('runGraph() takes no cached answer that its checks refuse by now', async () => {
  let finding: string | null = null
  const judged = anySignature({ ...claim, name: 'test.judged.v1', checks: [{ id: 'judged', severity: 'error', find: () => finding }] })
  const graph = buildGraph({ nodes: [{ ...CHAIN[0]!, signature: judged.name }], output_node: 'a' }, signatureRegistry(judged))
  const cache = new NodeCache<NodeFailure>({ now: () => 0 })
  const ask = () => runGraph(graph, {}, { hash: 'a'.repeat(64), programName: 'p' }, ports(claimTransport(agree), { cache }))
  expect(await ask()).toMatchObject({ ok: true, nodes: [{ cache: 'miss' }] })
  expect(await ask()).toMatchObject({ ok: true, nodes: [{ cache: 'hit', checks: [{}, { check: 'judged', passed: true }] }] })
  finding = 'Another version of the check looks closer'
  expect(await ask()).toMatchObject({ ok: false, cause: 'advice_incoherent', nodes: [{ cache: 'miss', calls: [{}, {}] }] })
})

test('runGraph() that waited for another run shares its failure and none of its calls', async () => {
  const cache = new NodeCache<NodeFailure>({ now: () => 0 })
  const release = Promise.withResolvers<string>()
  const first = run([CHAIN[0]!], () => release.promise, { cache })
  const second = run([CHAIN[0]!], agree, { cache })
  while (cache.counts().shared === 0) await new Promise((resolve) => setImmediate(resolve))
  release.resolve('prose')
  expect(await first.result).toMatchObject({ ok: false, cause: 'answer_missing', nodes: [{ cache: 'miss', calls: [{}, {}] }] })
  expect(await second.result).toMatchObject({ ok: false, cause: 'answer_missing', nodes: [{ cache: 'hit', calls: [] }] })
  expect(second.transport.asked).toEqual([])
})

test('runGraph() waits for another run no longer than its own time', async () => {
  const nodes = new NodeCache<NodeFailure>({ now: () => 0 })
  const release = Promise.withResolvers<string>()
  const first = run([CHAIN[0]!], () => release.promise, { cache: nodes })
  let nowMs = 0
  const late = new AbortController()
  const cache: ProgramPorts['cache'] = { resolve: (request, compute) => nodes.resolve({ ...request, signal: late.signal }, compute) }
  const second = run([CHAIN[0]!], agree, { cache, monotonicMs: () => nowMs })
  while (nodes.counts().shared === 0) await new Promise((resolve) => setImmediate(resolve))
  nowMs = 1_000
  late.abort(new DOMException('Too late', 'TimeoutError'))
  expect(await second.result).toMatchObject({ ok: false, cause: 'resource_exceeded', detail: expect.stringMatching(/^resource_exceeded:time/) })
  release.resolve('prose')
  await first.result
})

test('runGraph() looks at an answer once where its findings are kept', async () => {
  let looks = 0
  const strict = anySignature({ ...claim, name: 'test.strict.v1', checks: [{ id: 'sure', severity: 'error', find: ({ confidence }) => { looks += 1; return confidence > 0.9 ? null : 'Not sure' } }] })
  const graph = buildGraph({ nodes: [{ ...CHAIN[0]!, signature: strict.name }], output_node: 'a' }, signatureRegistry(strict))
  const validations = new ValidationCache({ now: () => 0 })
  const ask = (request: object, confidence: number) =>
    runGraph(graph, request, { hash: 'a'.repeat(64), programName: 'p' }, ports(claimTransport(async () => sampleClaim({ confidence })), { validations }))
  for (let at = 0; at < 2; at += 1) expect(await ask({ n: 1 }, 0.95)).toMatchObject({ ok: true, nodes: [{ checks: [{}, {}, { check: 'sure', passed: true }] }] })
  expect(looks).toBe(1)
  await ask({ n: 2 }, 0.95)
  expect(looks).toBe(2)
  expect(await ask({ n: 1 }, 0.5)).toMatchObject({ ok: false, cause: 'advice_incoherent', detail: 'Not sure' })
  expect(await ask({ n: 1 }, 0.5)).toMatchObject({ ok: false, cause: 'advice_incoherent', detail: 'Not sure' })
  expect(looks).toBe(3)
})

test('runGraph() lets no node change what its sibling reads', async () => {
  const greedy = anySignature({
    ...claim,
    name: 'test.greedy.v1',
    checks: [{ id: 'greedy', severity: 'warning', find: (_answer, { request }) => { Object.assign(request as object, { n: 'eaten' }); return null } }],
  })
  const nodes = [{ ...claimNode('a', ['request']), signature: greedy.name }, claimNode('last', ['request', 'a'])]
  const graph = buildGraph({ nodes, output_node: 'last' }, signatureRegistry(...CLAIM_SIGNATURES.values(), greedy))
  const transport = claimTransport(agree)
  const request = { n: 1 }
  await runGraph(graph, request, { hash: 'h', programName: 'p' }, ports(transport))
  expect(request).toEqual({ n: 1 })
  expect(transport.asked[1]?.request.messages.at(-1)?.content).toContain('"request":{"n":1}')
})

test('runGraph() keeps no failure in a cache and tells it with its calls', async () => {
  const cache = new NodeCache<NodeFailure>({ now: () => 0 })
  const node = [claimNode('a', ['request'])]
  const failed = await run(node, () => Promise.resolve('prose'), { cache }).result
  expect(failed).toMatchObject({ ok: false, cause: 'answer_missing', nodes: [{ cache: 'miss', calls: [{}, {}] }] })
  expect(await run(node, agree, { cache }).result).toMatchObject({ ok: true })
})

test('runGraph() goes on where a run of the same id stopped and repeats no finished node', async () => {
  const checkpoints = memoryCheckpoints()
  const resume = { runId: 'run-1', checkpoints }
  const broken: Answer = (asked) => (asked.id === 'last' ? Promise.reject(new TypeError('killed')) : agree(asked))
  expect(await run(CHAIN, broken, { resume }).result).toMatchObject({ ok: false, cause: 'internal' })
  const { transport, result } = run(CHAIN, agree, { resume })
  const resumed = await result
  expect(transport.asked.map(({ id }) => id)).toEqual(['last'])
  expect(resumed.nodes.map(({ cache, calls }) => [cache, calls.length])).toEqual([['resumed', 1], ['resumed', 1], ['off', 1]])
  const whole = await run(CHAIN).result
  expect(resumed.ok && resumed.outputs).toEqual(whole.ok && whole.outputs)
})

test('runGraph() repeats a node whose input or text is another one', async () => {
  const checkpoints = memoryCheckpoints()
  const resume = { runId: 'run-1', checkpoints }
  await run(CHAIN, agree, { resume }).result
  const other = run(CHAIN, agree, { resume }, { n: 2 })
  await other.result
  expect(other.transport.asked.map(({ id }) => id)).toEqual(['a'])
  const retold = run([{ ...CHAIN[0]!, instructions: 'You are a. Think.' }, CHAIN[1]!, CHAIN[2]!], agree, { resume }, { n: 2 })
  await retold.result
  expect(retold.transport.asked.map(({ id }) => id)).toEqual(['a'])
})

function memoryCheckpoints(): RunCheckpoints {
  const rows = new Map<string, RunCheckpoint>()
  return {
    load: (runId) => Promise.resolve([...rows.values()].filter((row) => row.runId === runId)),
    save: (row) => {
      const key = `${row.runId} ${row.nodeId}`
      rows.set(key, structuredClone(row))
      return Promise.resolve(row)
    },
  }
}

/** Schemas have no bytes; everything else of a run has. */
function withoutGraph(ended: GraphRun): unknown {
  return { ...ended, nodes: ended.nodes.map(({ graphNode, ...node }) => ({ id: graphNode.id, ...node })) }
}
