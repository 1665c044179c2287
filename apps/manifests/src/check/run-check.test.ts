import { canonicalJson, parseEnvironment, promotionBundle } from '@torghut/contracts'
import { examplePromotion, examplePromotionParts } from '@torghut/contracts/testing'
import { expect, test } from 'vitest'

import { exampleInputs } from '../testing/example-inputs.ts'
import { generateTree } from '../tree.ts'
import { environmentEntries, variablesOf } from '../torghut/environment.ts'
import { readPromoted } from './promoted.ts'
import { sarifReport } from './report/sarif.ts'
import { humanReport } from './report/human.ts'
import { runCheck } from './run-check.ts'
import type { CheckSubject } from './run-check.ts'
import type { RunningView } from './running.ts'

const HASH = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)
const SERVICE = 'torghut/review-api-knative-service.yaml'

/** A process that runs exactly what is committed. */
function running(change: Record<string, string> = {}): RunningView {
  const { deploy } = exampleInputs()
  const variables = {
    ...variablesOf(environmentEntries(exampleInputs(), deploy.api.port, 'knative')),
    ...change,
  }
  const env = Object.entries(variables).map(([name, value]) => [name, value ?? 'postgres://u@h/d'])
  const parsed = parseEnvironment(Object.fromEntries(env))
  if (!parsed.ok) throw new Error(parsed.problems.join())
  const { contract, artifactHash, imageDigest } = parsed.environment
  return {
    environment: contract,
    artifact: { hash: artifactHash, kind: 'compiled', verified: true, reason: null },
    image_digest: imageDigest,
  }
}

const inputs = exampleInputs(HASH)
const tree = generateTree(inputs)

function subject(change: Partial<CheckSubject> = {}): CheckSubject {
  return {
    inputs,
    committed: new Map(tree.map(({ path, text }) => [path, text])),
    live: {
      objects: tree.map(({ object }) => object).filter(({ kind }) => kind !== 'Kustomization'),
      isComplete: true,
    },
    running: running(),
    promoted: {
      artifactHash: HASH,
      programName: 'trade-review-committee-v1',
      target: 'paper',
      source: 'record.json',
    },
    ...change,
  }
}

const drifted = (given: CheckSubject) =>
  runCheck(given)
    .filter(({ findings }) => findings.length > 0)
    .map(({ pair }) => pair)
const edited = (path: string, from: string | RegExp, to: string) => {
  const { committed } = subject()
  return new Map([...committed].map(([name, text]) => [name, name === path ? text.replace(from, to) : text]))
}

test('runCheck() compares every pair and finds all equal when nothing drifted', () => {
  const comparisons = runCheck(subject())
  expect(comparisons.map(({ pair, notCompared, findings }) => [pair, notCompared, findings])).toEqual([
    ['schema-manifest', null, []],
    ['generated-committed', null, []],
    ['committed-live', null, []],
    ['committed-running', null, []],
    ['live-running', null, []],
    ['pinned-promoted', null, []],
    ['running-promoted', null, []],
  ])
  expect(humanReport(comparisons)).toMatch(/converged\n$/)
})

test('runCheck() says what was not compared, and why', () => {
  const comparisons = runCheck(subject({ live: null, running: null, promoted: null }))
  expect(comparisons.filter(({ notCompared }) => notCompared === null).map(({ pair }) => pair)).toEqual([
    'schema-manifest',
    'generated-committed',
  ])
})

test('runCheck() finds a drift of what is generated: a pin that was not regenerated', () => {
  expect(drifted(subject({ inputs: exampleInputs(OTHER) }))).toEqual([
    'schema-manifest',
    'generated-committed',
    'pinned-promoted',
  ])
})

test('runCheck() finds a drift of what is committed: a name edited by hand', () => {
  const committed = edited(SERVICE, 'value: info', 'value: debug')
  expect(drifted(subject({ committed }))).toEqual([
    'generated-committed',
    'committed-live',
    'committed-running',
  ])
})

test('runCheck() finds a drift of what is live: an edit in the cluster the process took up', () => {
  const given = subject({ running: running({ LOG_LEVEL: 'debug' }) })
  const objects = structuredClone(given.live?.objects ?? [])
  const text = JSON.stringify(objects).replaceAll('"LOG_LEVEL","value":"info"', '"LOG_LEVEL","value":"debug"')
  expect(drifted({ ...given, live: { objects: JSON.parse(text), isComplete: true } })).toEqual([
    'committed-live',
    'committed-running',
  ])
})

test('runCheck() finds a drift of what runs: a revision that still has the artifact before', () => {
  const given = subject({ running: running({ LLM_DSPY_ARTIFACT_HASH: OTHER }) })
  expect(drifted(given)).toEqual(['committed-running', 'live-running', 'running-promoted'])
  const [found] = runCheck(given).find(({ pair }) => pair === 'committed-running')?.findings ?? []
  expect(found?.message).toBe(`LLM_DSPY_ARTIFACT_HASH is "${HASH}" and runs as "${OTHER}"`)
})

test('runCheck() finds a drift of what was promoted', () => {
  const promoted = {
    artifactHash: OTHER,
    programName: 'trade-review-committee-v1',
    target: 'paper',
    source: 'record.json',
  }
  expect(drifted(subject({ promoted }))).toEqual(['pinned-promoted', 'running-promoted'])
})

test('runCheck() finds an artifact that is pinned in the process and not served', () => {
  const unserved = running()
  unserved.artifact = { ...unserved.artifact, verified: false, reason: 'nothing is stored' }
  expect(drifted(subject({ running: unserved }))).toEqual(['running-promoted'])
})

test('runCheck() takes an optional key for right whether it is set or not, and a required secret only when set', () => {
  const without = running()
  expect(
    drifted(
      subject({ running: { ...without, environment: { ...without.environment, JANGAR_API_KEY: null } } }),
    ),
  ).toEqual([])
  expect(
    drifted(
      subject({ running: { ...without, environment: { ...without.environment, DATABASE_URL: null } } }),
    ),
  ).toEqual(['committed-running', 'live-running'])
})

test('runCheck() finds a name that only the process or only the schema knows', () => {
  const { environment, ...rest } = running()
  const { LOG_LEVEL: _, ...older } = environment
  expect(drifted(subject({ running: { ...rest, environment: { ...older, LLM_NEW: true } } }))).toContain(
    'committed-running',
  )
})

test.each([
  ['a refused name', 'name: LOG_LEVEL', 'name: LLM_ENABLED', /LLM_ENABLED is refused at start/],
  [
    'an unknown name',
    'name: LOG_LEVEL',
    'name: LOG_LEVLE',
    /LOG_LEVLE is not a name of the environment contract/,
  ],
  ['a missing name', 'name: LOG_LEVEL', 'name: OTEL_SDK', /LOG_LEVEL is missing/],
  ['a name twice', 'name: LOG_LEVEL', 'name: HOST', /HOST stands there twice/],
  [
    'a pin by reference',
    /name: LLM_MODEL\n +value: .+/,
    'name: LLM_MODEL\n              valueFrom: { configMapKeyRef: { name: x, key: y } }',
    /LLM_MODEL is no literal/,
  ],
  [
    'another value than pinned',
    'value: v1',
    'value: v2',
    /LLM_DSPY_SIGNATURE_VERSION is "v2", and pins.json says "v1"/,
  ],
])('compareSchema() finds %s with its line', (_, from, to, problem) => {
  const [comparison] = runCheck(subject({ committed: edited(SERVICE, from, to) }))
  const found = comparison?.findings.find(({ message }) => problem.test(message))
  expect(found).toMatchObject({ file: `argocd/applications/${SERVICE}` })
})

test('compareCommitted() names a missing and a foreign file', () => {
  const committed = new Map(subject().committed)
  committed.delete(SERVICE)
  committed.set('torghut/extra.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra }\n')
  const { findings = [] } =
    runCheck(subject({ committed })).find(({ pair }) => pair === 'generated-committed') ?? {}
  expect(findings.map(({ message }) => message)).toEqual([
    `${SERVICE} is generated and not committed`,
    expect.stringContaining('torghut/extra.yaml is not generated'),
  ])
})

test('sarifReport() has a rule for each pair and a place for each finding', () => {
  const report = sarifReport(
    runCheck(subject({ committed: edited(SERVICE, 'value: info', 'value: debug') })),
    '1.2.3',
  )
  expect(report).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'torghut manifests check',
            version: '1.2.3',
            rules: expect.arrayContaining([expect.objectContaining({ id: 'committed-live' })]),
          },
        },
        results: [
          {
            ruleId: 'generated-committed',
            level: 'error',
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: `argocd/applications/${SERVICE}` },
                  region: { startLine: expect.any(Number) },
                },
              },
            ],
          },
          { ruleId: 'committed-live' },
          { ruleId: 'committed-running' },
        ],
      },
    ],
  })
  const { runs } = report as {
    runs: { results: { locations: { physicalLocation: { region: { startLine: number } } }[] }[] }[]
  }
  const line = runs[0]?.results[0]?.locations[0]?.physicalLocation.region.startLine ?? 0
  expect(edited(SERVICE, 'value: info', 'value: debug').get(SERVICE)?.split('\n')[line - 1]).toContain(
    'value: debug',
  )
})

test.each([
  ['a hash', JSON.stringify({ artifact_hash: HASH }), 'is neither a promotion record nor a promotion bundle'],
  ['no JSON', 'artifact: x', 'is no JSON'],
  ['nothing', 'null', 'is neither'],
])('readPromoted() refuses %s', (_, text, problem) => {
  expect(() => readPromoted('record.json', text)).toThrow(problem)
})

test('readPromoted() reads a record, and a bundle whose parts hang together', () => {
  const parts = examplePromotionParts()
  expect(readPromoted('record.json', canonicalJson(examplePromotion()))).toMatchObject({
    artifactHash: examplePromotion().artifact_hash,
    target: 'paper',
  })
  const bundle = promotionBundle(parts)
  expect(readPromoted('bundle.json', JSON.stringify(bundle))).toMatchObject({
    artifactHash: parts.promotion.artifact_hash,
  })
  const forged = { ...bundle, manifest_hash: 'f'.repeat(64) }
  expect(() => readPromoted('bundle.json', JSON.stringify(forged))).toThrow(
    'the bundle does not hang together: manifest_hash_mismatch',
  )
})
