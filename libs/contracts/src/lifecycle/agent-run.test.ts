import { expect, test } from 'vitest'

import { agentRunKey, agentRunRequest, parseAgentRunRequest } from './agent-run.ts'
import type { AgentRunOrder } from './agent-run.ts'
import { LANE_SPECS, Lane } from './lane.ts'

const COMMON = { repository: 'owner/repository', base: 'main', head: 'work', artifactPath: 'artifacts/run-1/' }

/** What each lane needs beside the common four when nothing is left to a default. */
const OWN: Record<Lane, Record<string, string>> = {
  'dataset-build': { datasetWindow: 'P30D', universeRef: 'torghut:equity:enabled' },
  compile: { datasetRef: 'a/dataset.json', metricPolicyRef: 'config/metrics.yaml', optimizer: 'miprov2' },
  eval: { compileResultRef: 'a/compile.json', gatePolicyRef: 'config/gates.yaml' },
  'gepa-experiment': { baselineArtifactRef: 'a/artifact.json', experimentName: 'shorter-instructions' },
  promote: {
    evalReportRef: 'a/eval.json',
    artifactHash: 'a'.repeat(64),
    promotionTarget: 'paper',
    approvalRef: 'approval-1',
  },
}

function order(lane: Lane, parameters: Record<string, string>): AgentRunOrder {
  return { lane, runPrefix: 'run-1', parameters, secretBindingRef: 'codex-github-token', ttlSeconds: 14_400 }
}

/** A whole body whose parameters are exactly these, no defaults. */
function body(lane: Lane, parameters: Record<string, unknown>) {
  return { ...agentRunRequest(order(lane, {})), parameters }
}

function issuesOf(value: unknown): string[] {
  const parsed = parseAgentRunRequest(value)
  return parsed.ok ? [] : parsed.issues.map(({ path, code }) => `${path} ${code}`)
}

test('Lane lists the lanes in the order they run', () => {
  expect(Lane.options).toEqual(['dataset-build', 'compile', 'eval', 'gepa-experiment', 'promote'])
  expect(Object.keys(LANE_SPECS)).toEqual(Lane.options)
})

test.each(Lane.options)('parseAgentRunRequest() reads a run of the lane %s and says which lane it is', (lane) => {
  const parameters = { ...COMMON, ...OWN[lane] }
  const parsed = parseAgentRunRequest(body(lane, parameters))
  expect(parsed).toMatchObject({ ok: true, run: { lane, parameters: { ...parameters, issueNumber: '0' } } })
})

const REQUIRED = Lane.options.flatMap((lane) =>
  Object.keys({ ...COMMON, ...OWN[lane] }).map((key) => [lane, key] as const),
)

test.each(REQUIRED)('parseAgentRunRequest() refuses a %s run without %s', (lane, key) => {
  const { [key]: _, ...parameters }: Record<string, string> = { ...COMMON, ...OWN[lane] }
  expect(issuesOf(body(lane, parameters))).toEqual([`parameters.${key} missing`])
})

test.each(Lane.options)('parseAgentRunRequest() refuses parameters a %s run does not know', (lane) => {
  for (const key of ['prompt', 'schemaValidRate', 'gateCompatibility', '__proto__x']) {
    expect(issuesOf(body(lane, { ...COMMON, ...OWN[lane], [key]: 'x' }))).toEqual([`parameters.${key} unknown_field`])
  }
})

test.each([[1], [true], [null], [['x']], [{}]])('parseAgentRunRequest() refuses the parameter value %j', (value) => {
  expect(issuesOf(body('eval', { ...COMMON, ...OWN.eval, base: value }))).toEqual(['parameters.base type'])
})

test.each([
  [
    'dataset-build',
    'datasetWindow',
    ['P1D', 'PT12H', 'P1DT30M', 'PT0H1S'],
    ['P0D', 'P', 'PT', '30D', 'P-1D', 'P1M', 'P1W', 'P1Y'],
  ],
  [
    'dataset-build',
    'universeRef',
    ['all', '*', 'torghut:all', 'torghut:equity:enabled', 'symbols:SPY,BRK.B'],
    ['symbols:', 'symbols:A,', 'some', ''],
  ],
  ['compile', 'optimizer', ['mipro', 'miprov2', 'mipro-v2', 'mipro_v2'], ['gepa', 'MIPROv2', '']],
  ['promote', 'promotionTarget', ['paper', 'shadow', 'constrained_live', 'scaled_live'], ['hold', 'live', '']],
  ['promote', 'artifactHash', ['b'.repeat(64)], ['b'.repeat(63), 'B'.repeat(64), '']],
  ['eval', 'base', ['b', 'b'.repeat(1024)], ['', '  ', 'b'.repeat(1025)]],
] as const)('parseAgentRunRequest() bounds %s %s', (lane, key, accepted, refused) => {
  for (const value of accepted) expect(issuesOf(body(lane, { ...COMMON, ...OWN[lane], [key]: value }))).toEqual([])
  for (const value of refused) {
    expect(issuesOf(body(lane, { ...COMMON, ...OWN[lane], [key]: value }))).toHaveLength(1)
  }
})

test('parseAgentRunRequest() gives the optimizer one spelling', () => {
  const parsed = parseAgentRunRequest(body('compile', { ...COMMON, ...OWN.compile, optimizer: 'mipro_v2' }))
  expect(parsed).toMatchObject({ run: { parameters: { optimizer: 'miprov2' } } })
})

test.each([
  [{ namespace: 'Agents' }, 'namespace'],
  [{ idempotencyKey: 'a'.repeat(64) }, 'idempotencyKey'],
  [{ idempotencyKey: 'a b' }, 'idempotencyKey'],
  [{ implementationSpecRef: { name: 'another-spec' } }, 'implementationSpecRef.name'],
  [{ runtime: { type: 'workflow' } }, 'runtime.type'],
  [{ vcsPolicy: { required: false, mode: 'read-write' } }, 'vcsPolicy.required'],
  [{ ttlSecondsAfterFinished: -1 }, 'ttlSecondsAfterFinished'],
  [{ ttlSecondsAfterFinished: 2_592_001 }, 'ttlSecondsAfterFinished'],
  [{ workload: {} }, 'workload'],
])('parseAgentRunRequest() refuses the envelope with %j at %s', (change, path) => {
  const valid = body('eval', { ...COMMON, ...OWN.eval })
  expect(issuesOf({ ...valid, ttlSecondsAfterFinished: 0 })).toEqual([])
  expect(issuesOf({ ...valid, ttlSecondsAfterFinished: 2_592_000 })).toEqual([])
  expect(issuesOf({ ...valid, ...change }).map((issue) => issue.split(' ')[0])).toEqual([path])
})

test('agentRunRequest() fills in where the lane before wrote its result', () => {
  const filled = (lane: Lane, own: Record<string, string>) => {
    return agentRunRequest(order(lane, { ...COMMON, ...own })).parameters
  }
  expect(filled('dataset-build', {})).toEqual({ ...COMMON, ...OWN['dataset-build'] })
  expect(filled('compile', {})).toMatchObject({ datasetRef: 'artifacts/run-1/dataset-build/dspy-dataset.json' })
  expect(filled('eval', {})).toMatchObject({ compileResultRef: 'artifacts/run-1/compile/dspy-compile-result.json' })
  expect(filled('promote', {})).toMatchObject({ evalReportRef: 'artifacts/run-1/eval/dspy-eval-report.json' })
  expect(filled('eval', { compileResultRef: 'mine.json' })).toMatchObject({ compileResultRef: 'mine.json' })
})

test('agentRunRequest() leaves target, artifact and approval of a promotion to whoever asks for it', () => {
  expect(issuesOf(agentRunRequest(order('promote', COMMON)))).toEqual([
    'parameters.artifactHash missing',
    'parameters.promotionTarget missing',
    'parameters.approvalRef missing',
  ])
})

test('agentRunKey() meets the published key', () => {
  expect(agentRunKey('torghut-dspy-run-1:2026-02-27T07:39:00Z', 'dataset-build')).toBe(
    'torghut-dspy-run-1-2026-02-27T07-39-00Z-dataset-build',
  )
})

test('agentRunKey() keeps 63 characters and cuts at 64', () => {
  expect(agentRunKey('r'.repeat(58), 'eval')).toBe(`${'r'.repeat(58)}-eval`)
  const cut = agentRunKey('r'.repeat(59), 'eval')
  expect(cut).toHaveLength(63)
  expect(cut).toMatchInlineSnapshot(`"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr-3a10cf99b4"`)
  expect(agentRunKey(`${'r'.repeat(59)}x`, 'eval')).not.toBe(cut)
})

test('agentRunKey() replaces what a label cannot hold and trims its ends', () => {
  expect(agentRunKey('..--a b//ü c_d', 'eval')).toBe('a-b-c_d-eval')
  expect(agentRunKey(`${'r'.repeat(50)}-.${'s'.repeat(40)}`, 'eval')).toMatch(/^r{50}-[0-9a-f]{10}$/)
})

test.each(['', ' ', '---', ':::', 'ü', '_'])('agentRunKey() refuses "%s", which many runs would share', (prefix) => {
  expect(() => agentRunKey(prefix, 'eval')).toThrow(expect.objectContaining({ code: 'UNUSABLE_RUN_PREFIX' }))
})
