import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { PinsFile, hashJson } from '@torghut/contracts'
import { seedArtifact } from '@torghut/programs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { readInputs } from '../inputs/read-values.ts'
import { revisionName } from '../torghut/knative-service.ts'
import { AN_HOUR_LATER, bundleOf, compiledArtifact, copyOfRepository, newApprover } from '../testing/promotion.ts'
import { runManifests, runProcess } from '../testing/run-command.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const desk = newApprover()
const [first, second] = [compiledArtifact('seed-1'), compiledArtifact('seed-2')]
const [firstHash, secondHash] = [hashJson(first), hashJson(second)]
const seed = hashJson(seedArtifact('gpt-5.3-codex-spark'))
const AS_OF = ['--as-of', AN_HOUR_LATER]
const WHY = ['--reason', 'Fallbacks doubled', '--by', 'ada']

let root: string
beforeAll(() => {
  root = copyOfRepository([desk])
  writeFileSync(join(root, 'bundles/first.json'), JSON.stringify(bundleOf(desk, first)))
  writeFileSync(join(root, 'bundles/second.json'), JSON.stringify(bundleOf(desk, second)))
  restorePin(seed)
})
afterAll(() => rmSync(root, { recursive: true }))

/** What the committed pin is today plays no part here. */
function restorePin(hash: string): void {
  const pins = pinsNow()
  pins.env['LLM_DSPY_ARTIFACT_HASH'] = hash
  writeFileSync(join(root, 'config/deploy/pins.json'), `${JSON.stringify(pins, null, 2)}\n`)
}

const pinsNow = () => PinsFile.parse(JSON.parse(readFileSync(join(root, 'config/deploy/pins.json'), 'utf8')))
const pinned = () => pinsNow().env['LLM_DSPY_ARTIFACT_HASH']
const bundle = (name: string) => join(root, 'bundles', `${name}.json`)
const run = (...words: string[]) => runManifests(root, ...words)
const converge = (...words: string[]) => runManifests(null, 'converge', ...words)
const service = () => readFileSync(join(root, 'argocd/applications/torghut/review-api-knative-service.yaml'), 'utf8')

/** Every byte below the root. */
function snapshot(): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')]))
}

/** Runs a command that must be refused: one line, exit code 2, nothing written. */
async function refused(...words: string[]): Promise<string> {
  const before = snapshot()
  const { code, stdout, stderr } = await run(...words)
  expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 })
  expect(snapshot()).toEqual(before)
  return stderr
}

// The tests of this file tell one story, in order: each starts where the one before ended.

test('manifests pin refuses what it cannot prove and writes nothing', async () => {
  expect(await refused('pin', '', '--bundle', bundle('first'), ...AS_OF)).toContain('hash_empty')
  expect(await refused('pin', firstHash.toUpperCase(), '--bundle', bundle('first'), ...AS_OF)).toContain('hash_upper_case')
  expect(await refused('pin', firstHash, ...AS_OF)).toContain('hash_unknown')
  expect(await refused('pin', secondHash, '--bundle', bundle('first'), ...AS_OF)).toContain('evidence_of_another')
  expect(await refused('pin', '--bundle', bundle('first'))).toContain('approval_expired')
  expect(await refused('pin', '--bundle', bundle('absent'))).toContain('cannot be read (ENOENT)')
})

test('manifests pin as a process ends with one line and exit code 2 when it refuses', async () => {
  const { code, stdout, stderr } = await runProcess('pin', 'A'.repeat(64), '--root', root)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toBe('torghut: Refused (hash_upper_case): the hash has capitals; artifacts are named in lower-case hex\n')
})

test('manifests pin --check shows the diff and the pull request, exits 1 and writes nothing', async () => {
  const before = snapshot()
  const { code, stdout } = await run('pin', '--bundle', bundle('first'), '--check', ...AS_OF)
  expect(code).toBe(1)
  expect(snapshot()).toEqual(before)
  expect(stdout).toContain(`-    "LLM_DSPY_ARTIFACT_HASH": "${seed}"`)
  expect(stdout).toContain(`+    "LLM_DSPY_ARTIFACT_HASH": "${firstHash}"`)
  expect(stdout).toContain('+++ b/argocd/applications/torghut/review-api-knative-service.yaml')
})

test('manifests pin changes one value of the pins, keeps the old one, and leaves a tree that checks', async () => {
  const before = readFileSync(join(root, 'config/deploy/pins.json'), 'utf8')
  const oldService = service()
  const { code, stdout, stderr } = await run('pin', firstHash, '--bundle', bundle('first'), ...AS_OF)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(readFileSync(join(root, 'config/deploy/pins.json'), 'utf8')).toBe(before.replace(seed, firstHash))
  expect(service()).toContain(firstHash)
  expect(/name: torghut-review-api-\w{10}/.exec(service())?.[0]).not.toBe(/name: torghut-review-api-\w{10}/.exec(oldService)?.[0])
  for (const words of [`was pinned ${seed}`, 'risk-desk', '598 of 598', 'sha256:', 'Unresolved risks', 'R-4', 'How to undo it', `| judged as of |`])
    expect(stdout).toContain(words)
  expect(readInputs(join(root, 'config/deploy')).history.pins).toMatchObject([
    { artifact_hash: firstHash, action: 'pin', replaced: { artifact_hash: seed }, pinned_by: 'release-desk' },
  ])
  expect((await run('check', '--promoted', bundle('first'))).code).toBe(0)
})

test('manifests pin a second time changes no byte', async () => {
  const before = snapshot()
  const { code, stdout } = await run('pin', '--bundle', bundle('first'), ...AS_OF)
  expect(code).toBe(0)
  expect(stdout).toContain('nothing changed')
  expect(snapshot()).toEqual(before)
})

test('manifests rollback refuses what is not pinned, and has nowhere to go before a second promotion', async () => {
  expect(await refused('rollback', secondHash, ...WHY, ...AS_OF)).toContain('hash_not_pinned')
  expect(await refused('rollback', firstHash, ...WHY, ...AS_OF)).toContain('nothing_before')
  expect(await refused('rollback', firstHash, '--to', secondHash, ...WHY, ...AS_OF)).toContain('hash_unknown')
})

test('manifests rollback refuses a traffic split that does not add up or names what nobody made', async () => {
  expect((await run('pin', '--bundle', bundle('second'), ...AS_OF)).code).toBe(0)
  const now = revisionName(readInputs(join(root, 'config/deploy')))
  const split = (...shares: string[]) => refused('rollback', secondHash, '--traffic', shares.join(','), ...WHY, ...AS_OF)
  expect(await split(`${now}=99`)).toContain('percents sum to 99')
  expect(await split(`${now}=101`)).toContain('Too big')
  expect(await split(`${now}=50`, `${now}=50`)).toContain('a revision is named twice')
  const old = readInputs(join(root, 'config/deploy')).history.pins[0]?.revision ?? ''
  expect(await split(`${now}=50:x`, `${old}=50:x`)).toContain('a tag is given twice')
  expect(await split(`${old}=50`, 'torghut-review-api-0000000000=50')).toContain('no pin made revision')
  writeFileSync(join(root, 'bundles/live.yaml'), liveRevision('torghut-review-api-0000000000', secondHash))
  const live = (...words: string[]) => refused('rollback', secondHash, ...WHY, ...AS_OF, '--live', join(root, 'bundles/live.yaml'), ...words)
  expect(await live('--traffic', 'torghut-review-api-0000000000=100')).toContain('hash_denied')
  expect(await live()).toContain('give it too')
  expect(await split('nonsense')).toContain('write REVISION=PERCENT')
  // The revision of the very artifact that is taken back would go on serving it.
  expect(await split(`${now}=1`, `${old}=99`)).toContain('denied by ada')
})

test('manifests rollback refuses evidence about other artifacts and kept evidence that was edited', async () => {
  const rollout = { ...ROLLOUT, base_artifact_hash: 'a'.repeat(64), candidate_artifact_hash: 'b'.repeat(64) }
  writeFileSync(join(root, 'bundles/other.json'), JSON.stringify({ rollout, share_percent: 25, events: [] }))
  expect(await refused('rollback', secondHash, '--evidence', bundle('other'), ...WHY, ...AS_OF)).toContain('evidence_of_another')
  const kept = join(root, `config/deploy/promotions/${firstHash}.paper.json`)
  const text = readFileSync(kept, 'utf8')
  writeFileSync(kept, text.replace('risk-desk', 'risk-desc'))
  expect(await refused('rollback', secondHash, ...WHY, ...AS_OF)).toContain('evidence_broken')
  writeFileSync(kept, JSON.stringify(bundleOf(desk, second)))
  expect(await refused('rollback', secondHash, ...WHY, ...AS_OF)).toContain('evidence_of_another')
  // Another promotion of the same artifact proves well, and is not the one that was pinned.
  writeFileSync(kept, JSON.stringify(bundleOf(desk, first, { approval: { reason: 'Another approval' } })))
  expect(await refused('rollback', secondHash, ...WHY, ...AS_OF)).toContain('is not what was pinned with it')
  writeFileSync(kept, text)
})

test('manifests rollback pins what was promoted before, denies what it takes back, and writes the note', async () => {
  writeFileSync(join(root, 'bundles/rollout.json'), JSON.stringify({ rollout: { ...ROLLOUT, candidate_artifact_hash: secondHash }, share_percent: 0, events: [EVENT] }))
  const { history } = readInputs(join(root, 'config/deploy'))
  const old = history.pins[0]?.revision ?? ''
  const { code, stdout, stderr } = await run(
    ...['rollback', secondHash, '--evidence', bundle('rollout'), '--traffic', `${old}=100:stable`, '--impact', '12 vetoes too many'],
    ...WHY,
    ...AS_OF,
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(pinned()).toBe(firstHash)
  expect(stdout).toContain('Argo CD ignores /spec/traffic')
  const { denylist, history: after, traffic } = readInputs(join(root, 'config/deploy'))
  expect(denylist.entries).toMatchObject([{ artifact_hash: secondHash, source: 'rollout', denied_by: 'ada', cleared: null }])
  expect(after.pins.at(-1)).toMatchObject({ action: 'rollback', artifact_hash: firstHash, revision: old, replaced: { artifact_hash: secondHash } })
  expect(traffic).toEqual({ traffic: [{ revisionName: old, percent: 100, tag: 'stable' }] })
  expect(service()).toContain(`revisionName: ${old}`)
  const [note = ''] = readdirSync(join(root, 'docs/incidents'))
  const text = readFileSync(join(root, 'docs/incidents', note), 'utf8')
  for (const words of ['## Trigger', 'Fallbacks doubled', 'failures 31 of 80', '## Impact', '12 vetoes too many', 'at step 25', '## Corrective action', firstHash])
    expect(text).toContain(words)
  expect((await run('check')).code).toBe(0)
})

test('what was rolled back comes back neither by pin, nor generate, nor converge, until a person clears it', async () => {
  expect(await refused('pin', '--bundle', bundle('second'), ...AS_OF)).toContain('hash_denied')
  const pins = pinsNow()
  const stale = { ...pins, env: { ...pins.env, LLM_DSPY_ARTIFACT_HASH: secondHash } }
  writeFileSync(join(root, 'config/deploy/old-pins.json'), JSON.stringify(stale))
  const target = join(root, 'argocd/applications/torghut/review-api-knative-service.yaml')
  const before = service()
  const converged = await converge(target, '--pins', join(root, 'config/deploy/old-pins.json'))
  expect({ code: converged.code, lines: converged.stderr.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 })
  expect(converged.stderr).toContain('hash_denied')
  expect(service()).toBe(before)
  restorePin(secondHash)
  expect(await refused('generate')).toContain('denied by ada')
  expect(await refused('denylist', 'clear', secondHash, '--reason', 'x', '--by', 'system')).toContain('a person does')
  expect(await refused('denylist', 'clear', 'f'.repeat(64), '--reason', 'x', '--by', 'ada')).toContain('it is not denied')
  expect(await refused('denylist', 'clear', secondHash, '--reason', ' ', '--by', 'ada')).toContain('in words')
  const cleared = await run('denylist', 'clear', secondHash, '--reason', 'The gateway was at fault', '--by', 'ada')
  expect(cleared.code).toBe(0)
  expect((await run('denylist', 'list')).stdout).toContain('cleared by ada')
  expect((await run('generate')).code).toBe(0)
  restorePin(firstHash)
  expect((await run('generate')).code).toBe(0)
  expect((await run('pin', '--bundle', bundle('second'), ...AS_OF)).code).toBe(0)
  // A pin ends the split: its own revision is to serve.
  expect(existsSync(join(root, 'config/deploy/traffic.json'))).toBe(false)
  expect(service()).not.toContain('traffic:')
})

test('manifests rollback --to-seed leads to the seed in paper and nowhere in live', async () => {
  const values = join(root, 'config/deploy/torghut.yaml')
  const text = readFileSync(values, 'utf8')
  writeFileSync(values, text.replace('tradingMode: paper', 'tradingMode: live'))
  expect(await refused('rollback', secondHash, '--to-seed', ...WHY)).toContain('target_mismatch')
  expect(await refused('pin', '--bundle', bundle('first'), ...AS_OF)).toContain('--as-of is for replays')
  const others = join(root, 'config/deploy/approvers.yaml')
  expect(await refused('pin', '--bundle', bundle('first'), '--approvers', others)).toContain('in live only config/deploy')
  writeFileSync(values, text)
  expect((await run('rollback', secondHash, '--to-seed', ...WHY, ...AS_OF)).code).toBe(0)
  expect(pinned()).toBe(seed)
  expect(await refused('rollback', seed, '--to-seed', ...WHY, ...AS_OF)).toContain('nothing_before')
})

test('manifests pin obeys the denylist of a running service, and smoke tells what is not well there', async () => {
  const live = await fakeApi({ denied: firstHash })
  try {
    expect(await refused('pin', '--bundle', bundle('first'), '--url', live.url, ...AS_OF)).toContain('the running service denies')
    const { code, stderr } = await run('smoke', '--url', live.url)
    expect({ code, bad: stderr.split('\n').filter((line) => line.startsWith('BAD')) }).toEqual({ code: 0, bad: [] })
    live.answers['/trading/status'] = STATUS(false)
    live.answers['/metrics'] = metrics('e'.repeat(64), 6)
    live.answers['/readyz'] = null
    const bad = await run('smoke', '--url', live.url, '--json')
    const { findings } = JSON.parse(bad.stdout) as { findings: { name: string; isWell: boolean }[] }
    expect(bad.code).toBe(1)
    const names = findings.filter(({ isWell }) => !isWell).map(({ name }) => name)
    expect(names).toEqual(['/readyz', '/trading/status', '/metrics', '/metrics'])
  } finally {
    live.close()
  }
})

const STATUS = (allowed: boolean) =>
  JSON.stringify({ llm: { effective_fail_mode: 'veto', circuit: null, guardrails: { allow_requests: allowed, reasons: allowed ? [] : ['breaker_open'] } } })

function metrics(hash: string, failed: number): string {
  return [
    `torghut_active_artifact_info{artifact_hash="${hash}",kind="seed"} 1`,
    'torghut_trading_llm_stage_policy_violation_total 0',
    'torghut_trading_llm_committee_veto_alignment_rate 1',
    'torghut_trading_llm_requests_total 100',
    `torghut_trading_llm_error_total ${failed}`,
  ].join('\n')
}

/** A review API as far as these commands ask it. */
async function fakeApi({ denied }: { denied: string }) {
  const entry = {
    ...{ kind: 'program', program_name: 'trade-review-committee-v1', artifact_hash: denied, source: 'rollout', rollout_id: null },
    ...{ denied_by: 'rollout-controller', reason: 'Fallbacks', denied_at: '2026-03-01T10:30:00Z', cleared: null },
  }
  const answers: Record<string, string | null> = {
    '/v1/denylist': JSON.stringify({ items: [entry] }),
    '/readyz': JSON.stringify({ status: 'ready', reasons: [] }),
    '/trading/status': STATUS(true),
    '/v1/runtime': JSON.stringify({ artifact: { hash: seed, verified: true, reason: null } }),
    '/metrics': metrics(seed, 5),
  }
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? '']
    response.writeHead(answer == null ? 503 : 200).end(answer ?? '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers, close: () => server.close() }
}

const ROLLOUT = {
  ...{ rollout_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7d01', kind: 'program', program_name: 'trade-review-committee-v1', target: 'paper' },
  ...{ base_artifact_hash: firstHash, candidate_artifact_hash: secondHash, step: '25', state: 'rolled_back' },
  ...{ started_at: '2026-03-01T09:00:00Z', updated_at: '2026-03-01T10:30:00Z' },
}

const EVENT = {
  ...{ schema_version: 'torghut.rollout-event.v1', rollout_id: ROLLOUT.rollout_id, seq: 3, event: 'rollback', step_before: '25', step_after: 'shadow' },
  ...{ state_after: 'rolled_back', actor: 'rollout-controller', reason: 'failures 31 of 80', evidence: { failures: 31 }, event_at: '2026-03-01T10:30:00Z' },
}

function liveRevision(name: string, hash: string): string {
  const env = [{ name: 'LLM_DSPY_ARTIFACT_HASH', value: hash }]
  return JSON.stringify({ apiVersion: 'serving.knative.dev/v1', kind: 'Revision', metadata: { name }, spec: { containers: [{ env }] } })
}
