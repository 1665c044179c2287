import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { packagedNodePath } from '@torghut/local-stack'

import type { Bench, BenchOptions, BenchResult, Measurement } from '../bench.ts'
import { BenchInvalidError } from '../errors.ts'
import { writeServices } from '../manifests/services.ts'
import { runMeasured } from '../measure/measured-process.ts'
import type { ProcessFigures } from '../measure/measured-process.ts'
import { interleave } from '../measure/interleave.ts'

const MANIFESTS = fileURLToPath(new URL('../../../../apps/manifests/src/main.ts', import.meta.url))

const SERVICES = 1_000
const ENTRIES = 180

/** A quick run only shows that everything runs. */
const QUICK_SERVICES = 20

const RENDERING = 'kubectl kustomize'

/** What it takes to bring the pins of many services to one value, beside rendering the same tree once. */
export const converge: Bench = {
  name: 'converge',
  title: `Converging ${SERVICES} services of ${ENTRIES} entries`,
  about:
    'One process each, from its start to its end, over one tree: "check" finds every pin right and writes nothing, ' +
    '"diff" finds every pin wrong and prints the difference, "write" puts every file right, synced and renamed one ' +
    `by one. "${RENDERING}" renders the tree and knows nothing of pins; without kubectl on the machine it is ` +
    'left out. ' +
    'Peak memory is the high-water mark the system keeps of a process (Linux only).',
  simulated: false,
  run,
}

async function run(options: BenchOptions): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'torghut-bench-'))
  try {
    const services = options.microMs < 100 ? QUICK_SERVICES : SERVICES
    options.say(`converge: writing ${services} services`)
    const tree = await writeServices(folder, { services, entries: ENTRIES })
    const version = await kustomizeVersion(options.signal)
    const variants = variantsOf(tree, version !== null, options.signal)
    options.say(`converge: measuring ${variants.size} variants in ${options.rounds} rounds`)
    const measured = await interleave(variants, options)
    const measurements = [...measured].flatMap(([name, { ms, peakBytes }]) =>
      toMeasurements(name, ms, peakBytes),
    )
    return { measurements: ordered(measurements), notes: notesOf(services, version) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Tree = Awaited<ReturnType<typeof writeServices>>

function variantsOf(
  tree: Tree,
  hasKubectl: boolean,
  signal: AbortSignal,
): Map<string, () => Promise<ProcessFigures>> {
  const converging = (pins: string, expected: number, ...flags: string[]) =>
    measure({
      command: packagedNodePath(),
      args: [MANIFESTS, 'converge', ...tree.files, '--pins', pins, ...flags],
      expected,
      signal,
    })
  let [right, wrong] = tree.pins
  const ours: [string, () => Promise<ProcessFigures>][] = [
    ['check', () => converging(right, 0, '--check')],
    ['diff', () => converging(wrong, 1, '--check')],
    [
      'write',
      async () => {
        const figures = await converging(wrong, 0)
        ;[right, wrong] = [wrong, right]
        return figures
      },
    ],
  ]
  const args = ['kustomize', tree.folder]
  const rendering = (): Promise<ProcessFigures> => measure({ command: 'kubectl', args, expected: 0, signal })
  return new Map(hasKubectl ? [[RENDERING, rendering], ...ours] : ours)
}

async function measure(options: {
  command: string
  args: readonly string[]
  expected: number
  signal: AbortSignal
}): Promise<ProcessFigures> {
  const { exitCode, stderr, figures } = await runMeasured(options)
  if (exitCode === options.expected) return figures
  throw new BenchInvalidError(
    options.args[1] ?? options.command,
    `it ended with ${exitCode}: ${stderr.slice(-200)}`,
  )
}

async function kustomizeVersion(signal: AbortSignal): Promise<string | null> {
  const { exitCode, stdout } = await runMeasured({
    command: 'kubectl',
    args: ['version', '--client'],
    signal,
  })
  if (exitCode !== 0) return null
  return stdout.trim().replace(/\s*\n\s*/g, ', ')
}

function toMeasurements(name: string, ms: readonly number[], peakBytes: readonly number[]): Measurement[] {
  const against = name === RENDERING ? null : RENDERING
  const times: Measurement = { what: name, unit: 'ms', rounds: ms, against }
  if (peakBytes.some((bytes) => !Number.isFinite(bytes))) return [times]
  const peak = `${name}, peak memory`
  return [
    times,
    {
      what: peak,
      unit: 'bytes',
      rounds: peakBytes,
      against: against === null ? null : `${against}, peak memory`,
    },
  ]
}

/** Times first, each in the order it was listed; then memory. */
function ordered(measurements: readonly Measurement[]): Measurement[] {
  const places = [RENDERING, 'check', 'diff', 'write']
  const rank = ({ what, unit }: Measurement) =>
    places.indexOf(what.replace(/,.*/, '')) + (unit === 'bytes' ? places.length : 0)
  const names = new Set(measurements.map(({ what }) => what))
  return measurements
    .map((each) => (each.against !== null && !names.has(each.against) ? { ...each, against: null } : each))
    .toSorted((a, b) => rank(a) - rank(b))
}

function notesOf(services: number, version: string | null): string[] {
  const beside = version ?? 'There is no kubectl on this machine, so nothing is compared.'
  return [`${services} services; ${beside}`]
}
