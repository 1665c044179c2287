import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'
import { stringify } from 'yaml'

import { exampleInputs } from '../testing/example-inputs.ts'
import { prometheusRule } from '../torghut/prometheus-rule.ts'
import { AlertFamily } from '../inputs/owners.ts'
import { alertRules } from './alert-rules.ts'
import type { AlertCase } from './cases/alert-case.ts'
import { availabilityCases } from './cases/availability-cases.ts'
import { contextCases } from './cases/context-cases.ts'
import { evaluationCases } from './cases/evaluation-cases.ts'
import { gateCases } from './cases/gate-cases.ts'
import { promtoolDocument, unmatched } from './cases/promtool-document.ts'
import type { WrittenRule } from './cases/promtool-document.ts'
import { PINNED, routerCases } from './cases/router-cases.ts'
import { transportCases } from './cases/transport-cases.ts'

const cases = [
  ...availabilityCases,
  ...contextCases,
  ...evaluationCases,
  ...gateCases,
  ...routerCases,
  ...transportCases,
]
const groups = prometheusRule(exampleInputs(PINNED)).spec?.groups ?? []
const written = groups
  .flatMap(({ rules = [] }) => rules)
  .filter(({ alert }) => alert !== undefined) as WrittenRule[]
const runbooks = fileURLToPath(new URL('../../../../docs/runbooks/', import.meta.url))

const hasPromtool = spawnSync('promtool', ['--version']).status === 0
if (!hasPromtool)
  process.stderr.write('notice: promtool is absent, alerts are not unit-tested (Debian: prometheus)\n')

test('alertRules() has a story in which it speaks and one in which it is silent for every alert', () => {
  expect(unmatched(alertRules(exampleInputs()), cases)).toEqual([])
  expect(new Set(written.map(({ alert }) => alert)).size).toBe(written.length)
})

test('alertRules() covers the six families', () => {
  const families = new Set(alertRules(exampleInputs()).map(({ family }) => family))
  expect([...families].sort()).toEqual([...AlertFamily.options].sort())
})

test('prometheusRule() gives every alert an owner, a severity and a runbook step that exists', () => {
  for (const { alert, labels, annotations } of written) {
    expect(labels, alert).toMatchObject({
      owner: expect.stringMatching(/^\S+$/),
      severity: expect.stringMatching(/^(page|ticket)$/),
    })
    const [, page, step] =
      /^docs\/runbooks\/([a-z]+\.md)#([a-z-]+)$/.exec(annotations['runbook_url'] ?? '') ?? []
    const headings = readFileSync(join(runbooks, page ?? ''), 'utf8').match(/^## .+$/gm) ?? []
    expect(headings.map(toAnchor), alert).toContain(step)
  }
})

test('every runbook step is reached by an alert', () => {
  for (const family of AlertFamily.options) {
    const headings = readFileSync(join(runbooks, `${family}.md`), 'utf8').match(/^## .+$/gm) ?? []
    const reached = alertRules(exampleInputs()).filter((rule) => rule.family === family)
    expect([...new Set(reached.map(({ step }) => step))].sort()).toEqual(headings.map(toAnchor).sort())
  }
})

test.skipIf(!hasPromtool)(
  'alertRules() speaks and is silent as its stories say, by promtool',
  { timeout: 120_000 },
  () => {
    const { code, output } = runPromtool(cases)
    expect(output).not.toContain('FAILED')
    expect(code).toBe(0)
  },
)

test.skipIf(!hasPromtool)('promtool refuses a story whose ends are exchanged', () => {
  const [each] = routerCases
  const exchanged = each && [{ ...each, fires: each.quiet, quiet: each.fires }]
  expect(runPromtool(exchanged ?? []).code).toBe(1)
})

function runPromtool(chosen: typeof cases): { code: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'torghut-promtool-'))
  try {
    const files = chosen.map((each) => writeStory(folder, each))
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', ...files], {
      encoding: 'utf8',
    })
    return { code: status, output: `${stdout}${stderr}` }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Each alert is told its story alone with what is recorded for it: all rules at every minute would take minutes. */
function writeStory(folder: string, each: AlertCase): string {
  const rules = groups
    .flatMap((group) => group.rules ?? [])
    .filter(({ alert, record }) => record !== undefined || alert === each.alert)
  const [rulesFile, testFile] = [
    join(folder, `${each.alert}.rules.yaml`),
    join(folder, `${each.alert}.test.yaml`),
  ]
  writeFileSync(rulesFile, stringify({ groups: [{ name: 'story', rules }] }))
  writeFileSync(
    testFile,
    stringify(promtoolDocument(rulesFile, written, each), { aliasDuplicateObjects: false }),
  )
  return testFile
}

/** The anchor a heading gets where Markdown is shown. */
function toAnchor(heading: string): string {
  return heading
    .replace(/^## /, '')
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
}
