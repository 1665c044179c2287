/// <reference types="vite/client" />
import { BroadcastChannel } from 'node:worker_threads'

import type { MutantCoverage } from '@stryker-mutator/api/core'
import { inject, test } from 'vitest'

import { collectTests } from './collect-tests.ts'
import type { CollectedTest } from './collect-tests.ts'
import type { Answer, MutantOrder, Order, RunTest } from './messages.ts'

/** The switches Stryker's instrumented sources look at. */
interface Instrumented {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  mutantCoverage?: MutantCoverage
  hitCount?: number | undefined
  hitLimit?: number | undefined
}

interface ModuleNode {
  promise?: unknown
  exports?: unknown
  evaluated: boolean
  importers: Set<string>
}

interface Globals {
  __stryker__?: Instrumented
  __vitest_worker__: { evaluatedModules: { idToModuleMap: Map<string, ModuleNode> } }
}

const globals = globalThis as unknown as Globals
const switches: Instrumented = (globals.__stryker__ ??= {})

const MODULES = import.meta.glob('../../../../libs/gates/src/**/*.test.ts')

/** A mutant is done with at the first failure: broad tests that cost little come first, those of thousands of cases last. */
const FIRST = /(gate-catalogue|golden-outcomes)\.test\.ts$/
const LAST = /(totality|\.property)\.test\.ts$/
const FILES = Object.keys(MODULES).toSorted((one, other) => placeOf(one) - placeOf(other))

let tests: CollectedTest[] = []
const durationsMs = new Map<string, number>()
/** True when what is loaded may not be the gates as they are: a static mutant was on, or a mutant left something behind. */
let isStained = false

test('judges mutants until it is told to stop', { timeout: 0 }, async () => {
  const channel = new BroadcastChannel(inject('channel'))
  const orders: Order[] = []
  let wake = () => {}
  channel.onmessage = (message) => {
    orders.push((message as { data: Order }).data)
    wake()
  }
  const answer = (said: Answer) => channel.postMessage(said)
  await load()
  answer({ kind: 'ready' })
  for (;;) {
    if (orders.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const order = orders.shift()
    if (order?.kind === 'stop') break
    if (order?.kind === 'dry-run') answer(await dryRun())
    if (order?.kind === 'mutant') answer(await judge(order))
  }
  channel.close()
})

/** Reads the gates and their tests anew, with a static mutant on or none; the contracts stay as they are. */
async function load(mutantId?: string): Promise<void> {
  // No public way forgets some modules and keeps others; reading the contracts for each mutant would be most of the time.
  for (const [id, node] of globals.__vitest_worker__.evaluatedModules.idToModuleMap) {
    if (id.includes('/libs/gates/src/')) forget(node)
  }
  isStained = mutantId !== undefined
  switches.activeMutant = mutantId
  limitHits(Infinity)
  tests = await collectTests(FILES, async (file) => await MODULES[file]?.())
}

function forget(node: ModuleNode): void {
  node.promise = undefined
  node.exports = undefined
  node.evaluated = false
  node.importers.clear()
}

async function dryRun(): Promise<Answer> {
  const ran: RunTest[] = []
  for (const { id, name, file, body } of tests) {
    switches.currentTestId = id
    const startedMs = performance.now()
    const failure = await failureOf(body)
    const durationMs = performance.now() - startedMs
    durationsMs.set(id, durationMs)
    ran.push({ id, name, file, durationMs, failure })
  }
  switches.currentTestId = undefined
  return { kind: 'dry-run', tests: ran, coverage: switches.mutantCoverage ?? { static: {}, perTest: {} } }
}

/**
 * Runs the tests that reach a mutant until one fails. That test is then run with nothing broken: should it fail there, too, it
 * is no witness against the mutant, and the mutant is judged once more by gates read anew.
 */
async function judge(order: MutantOrder, isLastTry = false): Promise<Answer> {
  try {
    if (order.isStatic) await load(order.mutantId)
    else if (isStained) await load()
  } catch (error) {
    // Gates that cannot even be read with a mutant on have found it, provided that they can be read without.
    await load()
    return { kind: 'killed', testId: tests[0]?.id ?? '', failure: String(error), testCount: 0 }
  }
  switches.activeMutant = order.mutantId
  limitHits(order.hitLimit ?? Infinity)
  const { failed, failure, testCount } = await firstFailure(order)
  const isEndless = (switches.hitCount ?? 0) > (switches.hitLimit ?? Infinity)
  switches.activeMutant = undefined
  if (isEndless) return { kind: 'endless' }
  if (failed === null) return { kind: 'survived', testCount }
  if (!order.isStatic && (await failureOf(failed.body)) !== null) {
    isStained = true
    if (!isLastTry) return await judge(order, true)
  }
  return { kind: 'killed', testId: failed.id, failure: failure ?? '', testCount }
}

function limitHits(max: number): void {
  switches.hitCount = 0
  switches.hitLimit = max
}

async function firstFailure({ testIds }: MutantOrder) {
  const wanted = testIds === null ? null : new Set(testIds)
  const reaching = tests.filter(({ id }) => wanted === null || wanted.has(id)).toSorted(byPlaceAndDuration)
  for (const [index, failed] of reaching.entries()) {
    const failure = await failureOf(failed.body)
    if (failure !== null) return { failed, failure, testCount: index + 1 }
  }
  return { failed: null, failure: null, testCount: reaching.length }
}

async function failureOf(body: () => unknown): Promise<string | null> {
  try {
    await body()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function byPlaceAndDuration(one: CollectedTest, other: CollectedTest): number {
  return placeOf(one.file) - placeOf(other.file) || (durationsMs.get(one.id) ?? 0) - (durationsMs.get(other.id) ?? 0)
}

function placeOf(file: string): number {
  if (FIRST.test(file)) return -1
  return LAST.test(file) ? 1 : 0
}
