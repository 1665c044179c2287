import type { BreakerState, CircuitSnapshot, FallbackCause } from '@torghut/contracts'
import { artifactBreakerKey, closedBreaker, gatewayBreakerKey, takeProbe } from '@torghut/programs'
import { afterEach, expect, test } from 'vitest'

import { Breakers } from './breakers.ts'
import type { Admission, SharedBreakers } from './breakers.ts'

const SETTINGS = { maxErrors: 3, windowMs: 300_000, cooldownMs: 600_000 }
const BUDGET_MS = 8_000
const KEYS = { gateway: gatewayBreakerKey('http://jangar', 'm'), artifact: artifactBreakerKey('a'.repeat(64)) }
const CANDIDATE = { ...KEYS, artifact: artifactBreakerKey('b'.repeat(64)) }

/** A clock that stands still until it is moved; wall and monotonic time differ, as they do. */
class StillClock {
  atMs = 5_000
  monotonicMs = () => this.atMs
  now = () => new Date(1_795_000_000_000 + this.atMs)
}

/** The shared table in memory, with an own idea of the time, and a switch that takes it away. */
class SharedInMemory implements SharedBreakers {
  readonly states = new Map<string, BreakerState>()
  readonly #clock: StillClock
  isAway = false
  changes = 0
  claims = 0

  constructor(clock: StillClock) {
    this.#clock = clock
  }

  nowMs = () => 1_795_000_060_000 + this.#clock.atMs

  async change(key: string, change: (state: BreakerState, nowMs: number) => BreakerState) {
    this.changes += 1
    await this.#answer()
    const state = change(this.states.get(key) ?? closedBreaker(), this.nowMs())
    this.states.set(key, state)
    return { key, state, nowMs: this.nowMs() }
  }

  async takeProbe({ key, owner, leaseMs }: { key: string; owner: string; leaseMs: number }) {
    this.claims += 1
    await this.#answer()
    const before = this.states.get(key)
    if (before === undefined) return undefined
    const probing = takeProbe(before, { owner, untilMs: this.nowMs() + leaseMs }, this.nowMs())
    if (probing !== null) this.states.set(key, probing)
    return { state: probing ?? before, nowMs: this.nowMs(), taken: probing !== null }
  }

  read = () => [...this.states].map(([key, state]) => ({ key, state, nowMs: this.nowMs() }))

  async #answer(): Promise<void> {
    await Promise.resolve()
    if (this.isAway) throw new Error('away')
  }
}

interface Replica {
  breakers: Breakers
  phases: [string, boolean][]
  alone: boolean[]
}

const opened: Breakers[] = []
afterEach(async () => {
  for (const breakers of opened.splice(0)) await breakers.close()
})

function fleet(replicas: number) {
  const clock = new StillClock()
  const shared = new SharedInMemory(clock)
  let owners = 0
  const members = Array.from({ length: replicas }, (): Replica => {
    const phases: [string, boolean][] = []
    const alone: boolean[] = []
    const breakers = new Breakers({
      settings: SETTINGS,
      budgetMs: BUDGET_MS,
      clock,
      newOwner: () => `00000000-0000-4000-8000-${String((owners += 1)).padStart(12, '0')}`,
      shared: () => shared,
      keys: Object.values(KEYS),
      onPhase: (key: string, circuit: CircuitSnapshot) => void phases.push([key, circuit.open]),
      onAlone: (error) => void alone.push(error !== null),
    })
    opened.push(breakers)
    return { breakers, phases, alone }
  })
  const readAll = () => members.forEach(({ breakers }) => breakers.adopt(shared.read(), clock.atMs))
  return { clock, shared, members, readAll, first: members[0]!, pass: (ms: number) => void (clock.atMs += ms) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

function admitted(admission: Admission) {
  if (!admission.ok) throw new Error(admission.detail)
  return admission
}

type Result = 'ok' | FallbackCause

const runOf = (result: Result) => (result === 'ok' ? ({ ok: true } as const) : ({ ok: false, cause: result } as const))

async function call({ breakers }: Replica, result: Result, keys = KEYS, timeoutMs = BUDGET_MS): Promise<void> {
  admitted(await breakers.admit(keys, timeoutMs)).finish(runOf(result))
  await settled()
}

const isOpen = ({ breakers }: Replica, key = KEYS.gateway) => breakers.snapshot(key).open

test('admit() of healthy calls asks the shared table nothing', async () => {
  const { first, shared } = fleet(1)
  for (let index = 0; index < 100; index += 1) await call(first, 'ok')
  expect([shared.changes, shared.claims]).toEqual([0, 0])
})

test('close() reports the successes that waited, one batch a breaker', async () => {
  const { first, shared } = fleet(1)
  for (let index = 0; index < 100; index += 1) await call(first, 'ok')
  await first.breakers.close()
  expect(shared.changes).toBe(2)
  expect(shared.states.get(KEYS.gateway)?.buckets).toMatchObject([{ calls: 100, failures: 0 }])
})

test('admit() is refused everywhere after three failures that three replicas saw one each', async () => {
  const { members, readAll } = fleet(3)
  for (const member of members) await call(member, 'gateway_refused')
  readAll()
  expect(members.map((member) => isOpen(member))).toEqual([true, true, true])
  const refused = await members[0]!.breakers.admit(KEYS, BUDGET_MS)
  expect(refused).toEqual({
    ok: false,
    detail: `The breaker of "${KEYS.gateway}" is open until ${members[0]!.breakers.snapshot(KEYS.gateway).open_until}`,
  })
})

test('admit() opens in the replica that failed before anybody answered it', async () => {
  const { first, shared } = fleet(1)
  const calls = await Promise.all([1, 2, 3].map(() => first.breakers.admit(KEYS, BUDGET_MS)))
  for (const admission of calls) admitted(admission).finish(runOf('gateway_refused'))
  expect(isOpen(first)).toBe(true)
  await settled()
  expect(shared.states.get(KEYS.gateway)?.openUntilMs).toBe(shared.nowMs() + SETTINGS.cooldownMs)
  expect(first.phases).toEqual([[KEYS.gateway, true]])
})

test('admit() stops a bad candidate and leaves the incumbent and the gateway alone', async () => {
  const { first } = fleet(1)
  for (let index = 0; index < 3; index += 1) await call(first, 'advice_invalid', CANDIDATE)
  expect([isOpen(first, CANDIDATE.artifact), isOpen(first, KEYS.artifact), isOpen(first)]).toEqual([true, false, false])
  await expect(first.breakers.admit(CANDIDATE, BUDGET_MS)).resolves.toMatchObject({ ok: false })
  await expect(first.breakers.admit(KEYS, BUDGET_MS)).resolves.toMatchObject({ ok: true })
})

test('finish() counts neither overload nor our own errors nor the haste of a caller', async () => {
  const { first, shared } = fleet(1)
  for (let index = 0; index < 10; index += 1) {
    await call(first, 'overloaded')
    await call(first, 'internal')
    await call(first, 'gateway_timeout', KEYS, 100)
  }
  await first.breakers.close()
  expect([isOpen(first), shared.changes]).toEqual([false, 0])
})

async function openedFleet(replicas: number) {
  const parts = fleet(replicas)
  for (let index = 0; index < 3; index += 1) await call(parts.first, 'gateway_refused')
  parts.readAll()
  parts.pass(SETTINGS.cooldownMs)
  return parts
}

test('admit() lets one probe out of all replicas and all calls', async () => {
  const { members, shared } = await openedFleet(3)
  const asked = await Promise.all(members.flatMap(({ breakers }) => [1, 2, 3, 4].map(() => breakers.admit(KEYS, BUDGET_MS))))
  expect(asked.filter(({ ok }) => ok)).toHaveLength(1)
  expect(shared.claims).toBe(3)
  expect(asked.find((admission) => !admission.ok)).toMatchObject({ detail: expect.stringContaining('its one probe is not back yet') })
})

test('finish() of a probe that failed opens for a new cool-down, everywhere', async () => {
  const { members, first, readAll, pass, shared } = await openedFleet(2)
  admitted(await first.breakers.admit(KEYS, BUDGET_MS)).finish(runOf('gateway_refused'))
  await settled()
  readAll()
  pass(SETTINGS.cooldownMs - 1)
  for (const { breakers } of members) expect(await breakers.admit(KEYS, BUDGET_MS)).toMatchObject({ ok: false })
  expect(shared.claims).toBe(1)
  pass(1)
  expect(await first.breakers.admit(KEYS, BUDGET_MS)).toMatchObject({ ok: true })
})

test('finish() of a probe that succeeded closes everywhere, and the phases were told once each', async () => {
  const { members, first, readAll } = await openedFleet(2)
  admitted(await first.breakers.admit(KEYS, BUDGET_MS)).finish(runOf('ok'))
  await settled()
  readAll()
  for (const member of members) {
    expect(isOpen(member)).toBe(false)
    expect(member.phases).toEqual([
      [KEYS.gateway, true],
      [KEYS.gateway, false],
    ])
  }
})

test('admit() gives no probe to a call too short to prove anything', async () => {
  const { first, shared } = await openedFleet(1)
  expect(await first.breakers.admit(KEYS, 499)).toMatchObject({ ok: false })
  expect(shared.claims).toBe(0)
  expect(await first.breakers.admit(KEYS, 500)).toMatchObject({ ok: true })
})

test('finish() gives an unused probe back', async () => {
  const { first } = await openedFleet(1)
  admitted(await first.breakers.admit(KEYS, BUDGET_MS)).finish(runOf('internal'))
  await settled()
  expect(await first.breakers.admit(KEYS, BUDGET_MS)).toMatchObject({ ok: true })
})

test('admit() frees the probe of a replica that went away, a cool-down later', async () => {
  const { members, first, pass } = await openedFleet(2)
  expect(await first.breakers.admit(KEYS, BUDGET_MS)).toMatchObject({ ok: true })
  pass(SETTINGS.cooldownMs - 1)
  expect(await members[1]!.breakers.admit(KEYS, BUDGET_MS)).toMatchObject({ ok: false })
  pass(1)
  expect(await members[1]!.breakers.admit(KEYS, BUDGET_MS)).toMatchObject({ ok: true })
})

test('admit() closes at once when the fleet closed a breaker this replica still thought open', async () => {
  const { members, first } = await openedFleet(2)
  await call(first, 'ok')
  expect(isOpen(members[1]!)).toBe(true)
  expect(await members[1]!.breakers.admit(KEYS, BUDGET_MS)).toMatchObject({ ok: true })
  expect(isOpen(members[1]!)).toBe(false)
})

test('admit() gives back the probe of the gateway when the probe of the artifact is taken', async () => {
  const { first, members, shared, readAll, pass } = fleet(2)
  for (let index = 0; index < 3; index += 1) await call(first, 'advice_invalid')
  for (let index = 0; index < 3; index += 1) await call(first, 'gateway_refused', CANDIDATE)
  readAll()
  pass(SETTINGS.cooldownMs)
  shared.states.set(KEYS.artifact, takeProbe(shared.states.get(KEYS.artifact)!, { owner: 'x', untilMs: shared.nowMs() + 60_000 }, shared.nowMs())!)
  expect(await members[1]!.breakers.admit(KEYS, BUDGET_MS)).toMatchObject({ ok: false, detail: expect.stringContaining(KEYS.artifact) })
  await settled()
  expect(await members[1]!.breakers.admit(CANDIDATE, BUDGET_MS)).toMatchObject({ ok: true })
})

test('the breaker of a replica goes on alone while the database is away: opens, probes, closes', async () => {
  const { first, shared, pass } = fleet(1)
  shared.isAway = true
  for (let index = 0; index < 3; index += 1) await call(first, 'gateway_refused')
  expect(isOpen(first)).toBe(true)
  expect(first.alone).toEqual([true])
  pass(SETTINGS.cooldownMs)
  const asked = await Promise.all([1, 2, 3].map(() => first.breakers.admit(KEYS, BUDGET_MS)))
  expect(asked.filter(({ ok }) => ok)).toHaveLength(1)
  for (const admission of asked) if (admission.ok) admission.finish(runOf('ok'))
  expect(isOpen(first)).toBe(false)
  await settled()
  expect(shared.states.size).toBe(0)
})

test('what was seen alone reaches the fleet when the database is back, and reads do not undo it before', async () => {
  const { first, members, shared, readAll, pass } = fleet(2)
  shared.isAway = true
  for (let index = 0; index < 3; index += 1) await call(first, 'gateway_refused')
  const { open_until: openUntil } = first.breakers.snapshot(KEYS.gateway)
  pass(5_000)
  readAll()
  expect(first.breakers.snapshot(KEYS.gateway).open_until).toBe(openUntil)
  shared.isAway = false
  await first.breakers.close()
  readAll()
  expect(members.map((member) => isOpen(member))).toEqual([true, true])
  expect(first.alone).toEqual([true, false])
})

test('a probe of the fleet that ended alone closes the shared breaker when a later one found the gateway well', async () => {
  const { first, shared } = await openedFleet(1)
  const probe = admitted(await first.breakers.admit(KEYS, BUDGET_MS))
  shared.isAway = true
  probe.finish(runOf('internal'))
  await settled()
  await call(first, 'ok')
  expect([isOpen(first), shared.states.get(KEYS.gateway)?.probe !== null]).toEqual([false, true])
  shared.isAway = false
  await first.breakers.close()
  expect(shared.states.get(KEYS.gateway)).toEqual(closedBreaker())
})

test('reports that could not be delivered for a whole window are dropped', async () => {
  const { first, shared, pass } = fleet(1)
  shared.isAway = true
  await call(first, 'gateway_refused')
  pass(SETTINGS.windowMs + 1)
  await first.breakers.close()
  shared.isAway = false
  await first.breakers.close()
  expect(shared.states.size).toBe(0)
})

test('adopt() ignores a read that began before the row last answered, and follows a row that was removed', async () => {
  const { first, clock, shared, pass } = fleet(1)
  const before = shared.read()
  const beganMs = clock.atMs
  pass(5)
  for (let index = 0; index < 3; index += 1) await call(first, 'gateway_refused')
  first.breakers.adopt(before, beganMs)
  expect(isOpen(first)).toBe(true)
  pass(5)
  first.breakers.adopt([], clock.atMs)
  expect(isOpen(first)).toBe(false)
})

test('three replicas that share 20 reviews a second, one in 1,000 failing, stay closed for hours', async () => {
  const { members, shared, readAll, pass } = fleet(3)
  let dice = 12_345
  const roll = () => (dice = (Math.imul(dice, 1_103_515_245) + 12_345) >>> 0) / 4_294_967_296
  let failures = 0
  for (let second = 0; second < 4 * 3_600; second += 1) {
    for (let index = 0; index < 20; index += 1) {
      const failed = roll() < 0.001
      failures += Number(failed)
      admitted(await members[index % 3]!.breakers.admit(KEYS, BUDGET_MS)).finish(runOf(failed ? 'gateway_reset' : 'ok'))
    }
    pass(1_000)
    if (second % 30 === 0) {
      await settled()
      readAll()
    }
  }
  expect(failures).toBeGreaterThan(200)
  expect(members.flatMap(({ phases }) => phases)).toEqual([])
  expect(shared.states.get(KEYS.gateway)?.openUntilMs).toBeNull()
})
