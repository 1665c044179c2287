import { readFileSync } from 'node:fs'

import { hashJson } from '@torghut/contracts'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'

import { readMetricPolicy } from './read-metric-policy.ts'

const COMMITTED = readFileSync(new URL('../../../../config/metric-policies/trade-review.yaml', import.meta.url), 'utf8')

/** Dotted paths of every scalar and list of a tree. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [path]
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]))
}

function withLeaf(path: readonly string[], leaf: unknown): string {
  const tree = parse(COMMITTED) as Record<string, unknown>
  const parent = path.slice(0, -1).reduce((node, key) => node[key] as Record<string, unknown>, tree)
  if (leaf === undefined) Reflect.deleteProperty(parent, path.at(-1)!)
  else parent[path.at(-1)!] = leaf
  return stringify(tree)
}

function problemOf(text: string): string {
  const read = readMetricPolicy(text)
  return read.ok ? 'ok' : read.problem
}

test('readMetricPolicy() reads the committed policy and hashes what it means', () => {
  const read = readMetricPolicy(COMMITTED)
  if (!read.ok) throw new Error(read.problem)
  expect(read.used.policyHash).toBe(hashJson(read.used.policy))
  const reordered = stringify(Object.fromEntries(Object.entries(parse(COMMITTED) as object).reverse()))
  expect(readMetricPolicy(reordered)).toEqual(read)
})

test.each(leaves(parse(COMMITTED)).map((path) => [path.join('.')]))(
  'readMetricPolicy() refuses a policy without a usable %s',
  (path) => {
    for (const hole of [undefined, null, NaN, Infinity, {}, 'none']) {
      // Free text is what a program name is made of.
      if (path === 'program_name' && hole === 'none') continue
      expect(problemOf(withLeaf(path.split('.'), hole)), `${path} = ${String(hole)}`).toMatch(/^line \d+: /)
    }
  },
)

test.each<[string, unknown, boolean]>([
  ['scores.schema_validity_min', 0.995, true],
  ['scores.schema_validity_min', 0.9949, false],
  ['first_window.timeout_and_fallback_max', 0.05, true],
  ['first_window.timeout_and_fallback_max', 0.051, false],
  ['report_age_max_hours', 24, true],
  ['report_age_max_hours', 24.1, false],
  ['comparison.agreement_gain_min', 0, false],
  ['comparison.against', 'heuristic', true],
  ['comparison.baselines', ['no_model'], false],
  ['errors_by_run', [0.05, 0.05], true],
  ['errors_by_run', [0.05, 0.03, 0.03], false],
  ['errors_by_run', [0.06], false],
  ['errors_by_run', [0.01, 0.05], false],
  ['errors_by_run', [], false],
])('readMetricPolicy() with %s %j: %s', (path, value, accepted) => {
  expect(problemOf(withLeaf(path.split('.'), value)) === 'ok').toBe(accepted)
})

test('readMetricPolicy() says where and why in one line', () => {
  expect(problemOf(COMMITTED.replace('agreement_min: 0.6', 'agreement_min: 1.6'))).toBe(
    'line 17: scores.agreement_min: Too big: expected number to be <=1',
  )
  expect(problemOf(`${COMMITTED}\nmax_age: 3\n`)).toMatch(/^line \d+: .*max_age/)
  expect(problemOf('a: [')).toMatch(/^line 1: /)
  expect(problemOf('')).toMatch(/^line 1: /)
  expect(problemOf('a: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c, *c]')).not.toBe('ok')
})
