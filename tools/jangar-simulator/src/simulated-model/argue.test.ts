import type { CommitteeRole, ReviewRequest } from '@torghut/contracts'
import { deskLabel } from '@torghut/market-replay/desk-rules'
import type { LoadedArtifact, ProgramRun } from '@torghut/programs'
import { expect, test } from 'vitest'

import { committeeWith, reviewBy } from '../testing/committee.ts'
import { DESK_HANDBOOK, handbook } from '../testing/prompts.ts'
import { realisticRequests, requestUnder } from '../testing/requests.ts'

const character = { model: 'gpt-5.3-codex-spark', seed: 'torghut' }
const requests = realisticRequests(200)

async function runsOf(artifact: LoadedArtifact, sample: readonly ReviewRequest[]): Promise<ProgramRun[]> {
  return Promise.all(sample.map((request, call) => reviewBy(character, artifact, request, call)))
}

/** Abstaining counts as a veto, and so does a run that failed: the fallback vetoes. */
async function agreementOf(artifact: LoadedArtifact, sample = requests): Promise<number> {
  const runs = await runsOf(artifact, sample)
  const agreed = runs.filter((run, at) => {
    const verdict = run.ok && run.advice.verdict !== 'abstain' ? run.advice.verdict : 'veto'
    return verdict === deskLabel(sample[at]!).label
  })
  return agreed.length / runs.length
}

test('respond() as a committee of the seed agrees with the desk about half the time', async () => {
  const agreement = await agreementOf(committeeWith(character.model))
  expect(agreement).toBeGreaterThanOrEqual(0.45)
  expect(agreement).toBeLessThanOrEqual(0.62)
})

test('respond() as a committee whose judge was told the rules agrees nine times in ten', async () => {
  const agreement = await agreementOf(committeeWith(character.model, { decision_schema: handbook }))
  expect(agreement).toBeGreaterThanOrEqual(0.85)
  expect(agreement).toBeLessThan(1)
})

test.each(['counter_thesis', 'risk_critic'])('respond() as the %s objects to what it was told to, and the trade ends', async (node) => {
  const sample = Array.from({ length: 100 }, (_, variant) => requestUnder('chasing-extreme', variant))
  const untaught = await agreementOf(committeeWith(character.model), sample)
  const taught = await agreementOf(committeeWith(character.model, { [node]: DESK_HANDBOOK['chasing-extreme'] }), sample)
  expect(taught).toBeGreaterThan(untaught + 0.3)
})

test('respond() as the risk critic lets half of the size through when it was told so', async () => {
  const sample = Array.from({ length: 60 }, (_, variant) => requestUnder('medium-stress', variant))
  const runs = await runsOf(committeeWith(character.model, { risk_critic: DESK_HANDBOOK['medium-stress'] }), sample)
  const halved = runs.filter((run, at) => run.ok && Number(run.advice.adjusted_qty) === Number(sample[at]?.decision.qty) / 2)
  expect(halved.length).toBeGreaterThan(30)
})

test('respond() as the researcher makes the case for every trade and objects to none', async () => {
  const runs = await runsOf(committeeWith(character.model, { signal_synthesis: handbook }), requests.slice(0, 60))
  expect(new Set(verdictsOf(runs, 'researcher'))).toEqual(new Set(['approve']))
})

test('respond() as an untaught critic seldom objects', async () => {
  const runs = await runsOf(committeeWith(character.model), requests)
  for (const role of ['execution_critic', 'risk_critic'] as const) {
    const objections = verdictsOf(runs, role).filter((verdict) => verdict !== 'approve')
    expect(objections.length).toBeLessThan(runs.length * 0.1)
    expect(objections.length).toBeGreaterThan(0)
  }
})

test('respond() answers every node in its form, and most of what it spoilt when it is asked again', async () => {
  const runs = await runsOf(committeeWith(character.model), realisticRequests(400))
  const calls = runs.flatMap(({ provenance }) => provenance.nodes.flatMap((node) => node.calls))
  const again = calls.filter(({ ask }) => ask === 'again')
  expect(again.length).toBeGreaterThan(3)
  expect(again.filter(({ cause }) => cause === null).length).toBeGreaterThan(again.length / 2)
  expect(runs.filter(({ ok }) => !ok).length).toBeLessThan(runs.length * 0.04)
})

function verdictsOf(runs: readonly ProgramRun[], role: CommitteeRole): (string | undefined)[] {
  return runs.flatMap((run) => (run.ok ? [run.advice.committee?.roles[role]?.verdict] : []))
}
