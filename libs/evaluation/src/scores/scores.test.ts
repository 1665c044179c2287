import { MetricsReport } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { namedStream } from '../random/random-stream.ts'
import { calibrationOf } from './calibration.ts'
import { compareWith } from './compare.ts'
import { latencyOf } from './latency.ts'
import { metricsReport } from './metrics-report.ts'
import { netScoreOf, netScoresOf, netTaken } from './net.ts'
import { scoresOf } from './row-scores.ts'
import { passAllOf } from './stability.ts'
import { sampleEvalRow } from '../testing/eval-row.ts'

const SUBJECT = {
  artifactHash: 'a'.repeat(64),
  datasetHash: 'b'.repeat(64),
  splitHash: 'c'.repeat(64),
  metricPolicyHash: 'd'.repeat(64),
  evaluatedAt: '2026-03-01T08:00:00Z',
  latencyLimitMs: 1800,
  seed: 'seed-1',
  stability: null,
  selection: { trials: 1, deflated_sharpe: null, overfitting_probability: null },
}

function probabilities(approve: number, adjust: number, veto: number, abstain = 0, escalate = 0) {
  return { approve, adjust, veto, abstain, escalate }
}

test('scoresOf() counts abstain and escalate as veto', () => {
  const rows = (['veto', 'abstain', 'escalate', 'approve', 'adjust'] as const).map((advice) =>
    sampleEvalRow({ advice, label: 'veto' }),
  )
  const scores = scoresOf(rows)
  expect(scores.agreement).toMatchObject({ hits: 3, rows: 5 })
  expect(scores.veto_alignment).toMatchObject({ hits: 3, rows: 5 })
  expect(scores.false_veto).toEqual({ hits: 0, rows: 0, bound: null })
})

test('scoresOf() takes a false veto among rows labelled approve, and neither of adjust', () => {
  const rows = [
    sampleEvalRow({ advice: 'veto', label: 'approve' }),
    sampleEvalRow({ advice: 'adjust', label: 'approve' }),
    sampleEvalRow({ advice: 'veto', label: 'adjust' }),
    sampleEvalRow({ advice: 'adjust', label: 'adjust' }),
  ]
  expect(scoresOf(rows)).toMatchObject({
    false_veto: { hits: 1, rows: 2 },
    veto_alignment: { rows: 0 },
    agreement: { hits: 1, rows: 4 },
  })
})

test('scoresOf() never counts a fallback in the favour of the candidate', () => {
  const fallback = { advice: null, fallbackCause: 'gateway_timeout', firstAnswerValid: false } as const
  const scores = scoresOf([
    sampleEvalRow({ ...fallback, label: 'veto' }),
    sampleEvalRow({ ...fallback, label: 'approve' }),
  ])
  expect(scores).toMatchObject({
    schema_validity: { hits: 0, rows: 2 },
    agreement: { hits: 0, rows: 2 },
    veto_alignment: { hits: 0, rows: 1 },
    false_veto: { hits: 1, rows: 1 },
    fallback_rate: { hits: 2, rows: 2 },
  })
})

test('scoresOf() counts validity and fallback only where the model was asked', () => {
  const scores = scoresOf([
    sampleEvalRow({ firstAnswerValid: null }),
    sampleEvalRow({}),
    sampleEvalRow({ firstAnswerValid: false }),
  ])
  expect(scores).toMatchObject({
    schema_validity: { hits: 1, rows: 2 },
    fallback_rate: { hits: 0, rows: 2 },
    agreement: { rows: 3 },
  })
})

test('calibrationOf() knows the Brier score of certainty, of ignorance and of certain error', () => {
  const of = (stated: ReturnType<typeof probabilities>) =>
    calibrationOf([sampleEvalRow({ label: 'approve', probabilities: stated })], namedStream('x'))
  expect(of(probabilities(1, 0, 0))).toMatchObject({ brier: { value: 0 }, ece: { value: 0 } })
  expect(of(probabilities(0, 0, 1))).toMatchObject({ brier: { value: 2, high: 2 }, ece: { value: 1 } })
  expect(of(probabilities(0.25, 0.25, 0.1, 0.2, 0.2))?.brier.value).toBeCloseTo(0.75 ** 2 + 0.25 ** 2 + 0.5 ** 2, 12)
  expect(of(probabilities(NaN, 0, 1))).toBeNull()
  expect(calibrationOf([sampleEvalRow({ probabilities: null })], namedStream('x'))).toBeNull()
})

test('calibrationOf() finds no error where seven of ten are right at 0.7, and half where all are wrong at 0.5', () => {
  const rows = (right: number, top: number) =>
    Array.from({ length: 10 }, (_, at) =>
      sampleEvalRow({ label: at < right ? 'approve' : 'veto', probabilities: probabilities(top, 1 - top, 0) }),
    )
  const good = calibrationOf(rows(7, 0.7), namedStream('x'))
  expect(good?.ece.value).toBeCloseTo(0, 12)
  expect(good?.ece.high).toBeGreaterThan(0.1)
  expect(good?.reliability).toEqual([{ from: 0.7, to: 0.8, rows: 10, stated: expect.closeTo(0.7, 12), right: 0.7 }])
  expect(calibrationOf(rows(0, 0.5), namedStream('x'))?.ece.value).toBeCloseTo(0.5, 12)
})

test('latencyOf() takes nearest ranks, fallbacks included, and counts what lies exactly on the limit', () => {
  const rows = Array.from({ length: 20 }, (_, at) => sampleEvalRow({ latencyMs: (at + 1) * 100 }))
  expect(latencyOf(rows, 1900)).toMatchObject({ rows: 20, p50_ms: 1000, p95_ms: 1900, within: { hits: 19, rows: 20 } })
  expect(latencyOf([sampleEvalRow({ latencyMs: null })], 1)).toMatchObject({
    rows: 0,
    p50_ms: null,
    within: { rows: 0, bound: null },
  })
  expect(latencyOf([sampleEvalRow({ latencyMs: Infinity })], 1)).toMatchObject({
    p95_ms: null,
    within: { hits: 0, rows: 1 },
  })
})

test('netTaken() takes all, a part or nothing of a result', () => {
  const result = { net: 0.04, kind: 'realised' } as const
  const taken = (['approve', 'adjust', 'veto', 'abstain', null] as const).map((advice) =>
    netTaken({ advice, sizeMultiplier: 0.25 }, result),
  )
  expect(taken).toEqual([0.04, 0.01, 0, 0, 0])
})

test('netScoreOf() regrets what perfect advice had earned more', () => {
  const rows = [0.02, -0.01, 0.03].map((net, at) =>
    sampleEvalRow({
      advice: at === 2 ? 'veto' : 'approve',
      result: { net, kind: at === 2 ? 'counterfactual' : 'realised' },
    }),
  )
  expect(netScoreOf(rows)).toEqual({
    rows: 3,
    mean: expect.closeTo(0.01 / 3, 12),
    regret: expect.closeTo(0.04 / 3, 12),
  })
  expect(netScoresOf(rows)).toMatchObject({
    realised: { rows: 2, mean: 0.005 },
    counterfactual: { rows: 1, mean: 0, regret: 0.03 },
  })
  expect(netScoreOf([sampleEvalRow({ result: null })])).toBeNull()
})

test('compareWith() pairs row by row, and refuses a baseline that skipped one', () => {
  const right = { advice: 'approve', sizeMultiplier: 1 } as const
  const wrong = { advice: 'veto', sizeMultiplier: 1 } as const
  const rows = Array.from({ length: 40 }, (_, at) =>
    sampleEvalRow({
      ...(at < 30 ? right : wrong),
      label: 'approve',
      baselines: { production: at < 10 ? right : wrong },
    }),
  )
  const compared = compareWith('production', rows, namedStream('x'))
  expect(compared).toMatchObject({
    scores: { agreement: { hits: 10, rows: 40 } },
    agreement_gain: { pairs: 40, mean: 0.5 },
    net_gain: null,
  })
  expect(compared?.agreement_gain?.low).toBeGreaterThan(0.3)
  expect(compared?.agreement_p_value).toBeCloseTo(2 / 2 ** 20, 12)
  expect(compareWith('production', [...rows, sampleEvalRow({ baselines: {} })], namedStream('x'))).toBeNull()
  expect(compareWith('heuristic', rows, namedStream('x'))).toBeNull()
})

test('compareWith() sees no gain in labels that were drawn at random', () => {
  const draw = namedStream('shuffled')
  const word = () => (draw.nextUnit() < 0.5 ? 'approve' : 'veto')
  let gained = 0
  for (let set = 0; set < 8; set += 1) {
    const rows = Array.from({ length: 200 }, () =>
      sampleEvalRow({
        label: word(),
        advice: word(),
        baselines: { production: { advice: word(), sizeMultiplier: 1 } },
      }),
    )
    const gain = compareWith('production', rows, namedStream('x', set))?.agreement_gain
    if ((gain?.low ?? 1) > 0) gained += 1
  }
  expect(gained).toBeLessThanOrEqual(2)
})

test.each([
  [[{ attempts: 4, right: 4 }], 3, 1],
  [[{ attempts: 4, right: 3 }], 1, 0.75],
  [[{ attempts: 4, right: 3 }], 3, 0.25],
  [[{ attempts: 4, right: 2 }], 3, 0],
  [
    [
      { attempts: 4, right: 3 },
      { attempts: 4, right: 4 },
    ],
    3,
    0.625,
  ],
  [[{ attempts: 2, right: 2 }], 3, null],
  [[{ attempts: 2, right: 3 }], 1, null],
  [[], 1, null],
  [[{ attempts: 2, right: 2 }], 0, null],
])('passAllOf() of %j in %d attempts is %s', (cases, k, expected) => {
  const chance = passAllOf(cases, k)
  if (expected === null) expect(chance).toBeNull()
  else expect(chance).toBeCloseTo(expected, 12)
})

test('metricsReport() keeps void and contaminated rows apart, and writes the same bytes again', () => {
  const rows = [
    sampleEvalRow({ rowId: '1' }),
    sampleEvalRow({ rowId: '2', contaminated: true, regime: 'crisis', symbol: '__proto__' }),
    sampleEvalRow({ rowId: '3', isVoid: true, firstAnswerValid: false, fallbackCause: 'gateway_reset' }),
  ]
  const report = metricsReport(rows, SUBJECT)
  expect(MetricsReport.parse(report)).toEqual(report)
  expect(report).toMatchObject({ contaminated_rows: 1, void_rows: 1, all: { rows: 2 }, uncontaminated: { rows: 1 } })
  expect(report.all.scores.schema_validity).toMatchObject({ hits: 2, rows: 2 })
  expect(report.all.by_symbol.map(({ symbol }) => symbol)).toEqual(['NVDA', '__proto__'])
  expect(metricsReport(rows, SUBJECT)).toEqual(report)
})
