import { PinsFile } from '@torghut/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

import { FileRefusedError } from '../errors.ts'
import { applyPlans } from './apply-plans.ts'
import { convergeTexts } from './converge.ts'
import { manifestOf } from './manifest.ts'
import { closeText, openText } from './manifest-file.ts'
import { indexTargets, planTargets, surroundingsOf } from './plan-targets.ts'
import { randomManifest, SAMPLE_VALUES } from './testing/random-manifest.ts'
import type { RandomManifest, SampleValue } from './testing/random-manifest.ts'
import { wholeView } from './text-view.ts'
import { wantedOf } from './wanted.ts'
import { objectsOf } from './workload.ts'

/** How many documents are drawn; the proof asks for 10,000. */
const DOCUMENTS = Number(process.env['TORGHUT_CONVERGE_DOCUMENTS'] || 300)

/** One seed always draws the same documents; another one looks elsewhere. */
const SEED = Number(process.env['TORGHUT_CONVERGE_SEED'] || 20_261_120)

const TARGET = {
  group: 'serving.knative.dev',
  kind: 'Service',
  namespace: 'torghut',
  name: 'torghut',
  container: 'user-container',
}

test(
  `convergeTexts() changes nothing but its entries in ${DOCUMENTS} generated documents`,
  { timeout: 30_000 + DOCUMENTS * 20 },
  () => {
    const counts = { converged: 0, refused: 0, inserted: 0 }
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const values = drawPins((max) => g(fc.nat, { max }))
        const manifest = randomManifest(g, values)
        const pins = pinsOf(values)
        const outcome = attempt(manifest.before, pins)
        if (manifest.refusedLines.length > 0) {
          expect(outcome).toBeInstanceOf(FileRefusedError)
          expect(manifest.refusedLines).toContain((outcome as FileRefusedError).line)
          counts.refused += 1
          return
        }
        if (typeof outcome !== 'string') throw outcome
        expect(withoutInserted(ended(outcome), manifest.inserted)).toBe(ended(manifest.after))
        if (manifest.before.endsWith('\n')) expect(outcome.endsWith('\n')).toBe(true)
        expect(attempt(outcome, pins)).toBe(outcome)
        expect(withoutShortcuts(manifest.before, pins), manifest.before).toBe(outcome)
        for (const version of ['1.1', '1.2'] as const)
          expect(readEnv(outcome, version, manifest)).toEqual(manifest.env)
        counts.converged += 1
        counts.inserted += manifest.inserted.length
      }),
      { numRuns: DOCUMENTS, seed: SEED, endOnFailure: false },
    )
    expect(counts.converged).toBeGreaterThan(DOCUMENTS / 10)
    expect(counts.refused).toBeGreaterThan(DOCUMENTS / 10)
    expect(counts.inserted).toBeGreaterThan(DOCUMENTS / 20)
  },
)

const NAMES = [
  'JANGAR_BASE_URL',
  'LLM_MODEL',
  'LLM_DSPY_PROGRAM_NAME',
  'LLM_DSPY_SIGNATURE_VERSION',
  'LLM_ENABLED',
] as const

function drawPins(nat: (max: number) => number): Map<string, SampleValue | null> {
  const drawn = NAMES.filter(() => nat(2) > 0)
  const names = drawn.length > 0 ? drawn : ['LLM_MODEL']
  return new Map(
    names.map((name) => [
      name,
      name === 'LLM_ENABLED' ? null : (SAMPLE_VALUES[nat(SAMPLE_VALUES.length - 1)] ?? null),
    ]),
  )
}

function pinsOf(values: ReadonlyMap<string, SampleValue | null>): PinsFile {
  const env = Object.fromEntries([...values].map(([name, value]) => [name, value?.text ?? null]))
  return PinsFile.parse({ targets: [TARGET], env })
}

function attempt(before: string, pins: PinsFile): string | Error {
  try {
    const opened = openText('m.yaml', Buffer.from(before))
    const { files } = convergeTexts([{ path: 'm.yaml', text: opened.text }], pins, {
      removeDeprecated: false,
    })
    return closeText(opened, files[0]?.after ?? '').toString()
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

/** The same with every entry read by the YAML library, as for a file that does not look like the others. */
function withoutShortcuts(before: string, pins: PinsFile): string {
  const opened = openText('m.yaml', Buffer.from(before))
  const manifest = manifestOf({ path: 'm.yaml', text: opened.text }, wholeView(opened.text))
  const none = surroundingsOf([])
  const { plans } = planTargets(objectsOf(manifest), indexTargets(pins.targets), wantedOf(pins, false), none)
  return closeText(opened, applyPlans(manifest, plans)).toString()
}

/** With a final line break, so that the last entry of a file looks like any other. */
function ended(text: string): string {
  if (text.endsWith('\n')) return text
  return text + (text.includes('\r\n') ? '\r\n' : '\n')
}

/** Each inserted entry must be there, in one of its forms; what is left is the rest. */
function withoutInserted(text: string, inserted: RandomManifest['inserted']): string {
  return inserted.reduce((rest, forms) => {
    const found = forms.find((form) => rest.includes(form))
    return found === undefined ? `${forms.join(' or ')} is missing in ${rest}` : rest.replace(found, () => '')
  }, text)
}

function readEnv(text: string, version: '1.1' | '1.2', { env }: RandomManifest): Map<string, unknown> {
  const body = text.replace(/^\ufeff/, '').replace(/^%YAML 1\.2\r?\n/, '')
  const documents = parseAllDocuments(body, { version })
  if ('empty' in documents) return new Map()
  const values = documents.map(
    (document) => document.toJS() as { apiVersion?: string; metadata?: { namespace?: string } },
  )
  const ours = values.find(
    ({ apiVersion, metadata }) => apiVersion?.startsWith('serving') && metadata?.namespace === 'torghut',
  )
  const containers = (ours as unknown as { spec: { template: { spec: { containers: Container[] } } } }).spec
    .template.spec.containers
  const list = containers.find(({ name }) => name === 'user-container')?.env ?? []
  return new Map(
    [...env.keys()].map((name) => [name, list.find((entry) => entry.name === name)?.value ?? null]),
  )
}

interface Container {
  name: string
  env?: { name: string; value?: unknown }[]
}
