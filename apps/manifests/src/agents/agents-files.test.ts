import { LANE_SPECS, agentRunRequest, parseAgentRunRequest } from '@torghut/contracts'
import type { Lane } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { ScheduledLane } from '../inputs/lane-values.ts'
import { runOf } from '../lane-post/lane-plan.ts'
import { exampleInputs } from '../testing/example-inputs.ts'
import { agentsFiles } from './agents-files.ts'
import { cronSchedule } from './lane-cron-jobs.ts'
import { lanePlan } from './lane-plan.ts'
import { implementationSpec, requiredParameters } from './lane-specs.ts'

test('agentsFiles() writes five specs, a CronJob for each lane but promote, and no run', () => {
  const kinds = agentsFiles(exampleInputs()).map(
    ({ object }) => `${object.kind} ${object.metadata?.name ?? ''}`,
  )
  expect(kinds.filter((kind) => kind.startsWith('ImplementationSpec'))).toEqual(
    Object.values(LANE_SPECS).map((name) => `ImplementationSpec ${name}`),
  )
  expect(kinds.filter((kind) => kind.startsWith('CronJob'))).toEqual(
    ScheduledLane.options.map((lane) => `CronJob torghut-dspy-${lane}`),
  )
  expect(kinds.join()).not.toMatch(/AgentRun|promote$/)
})

/** The keys each lane cannot do without (contract, 6.5), besides those every lane has. */
test.each<[Lane, string[]]>([
  ['dataset-build', ['datasetWindow', 'universeRef']],
  ['compile', ['datasetRef', 'metricPolicyRef', 'optimizer']],
  ['eval', ['compileResultRef', 'gatePolicyRef']],
  ['gepa-experiment', ['baselineArtifactRef', 'experimentName']],
  ['promote', ['evalReportRef', 'artifactHash', 'promotionTarget', 'approvalRef']],
])('implementationSpec() of %s requires the keys of the contract and names each in its text', (lane, own) => {
  const expected = ['repository', 'base', 'head', 'artifactPath', ...own].sort()
  expect(requiredParameters(lane)).toEqual(expected)
  const { contract, text } = implementationSpec(lane, 'agents').spec
  expect(contract.requiredKeys).toEqual(expected)
  for (const key of expected) expect(text).toContain(`\${${key}}`)
})

test.each([
  [0, 6, '0 0,6,12,18 * * *'],
  [90, 6, '30 1,7,13,19 * * *'],
  [0, 24, '0 0 * * *'],
  [59, 1, '59 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23 * * *'],
])('cronSchedule() of %i minutes every %i h is "%s"', (offset, period, schedule) => {
  expect(cronSchedule(offset, period)).toBe(schedule)
})

test('lanePlan() makes runs the review API accepts, all lanes of a slot on the same paths', () => {
  const plan = lanePlan(exampleInputs())
  const requests = ScheduledLane.options.map((lane) =>
    agentRunRequest(runOf(plan, lane, new Date('2026-03-05T07:31:00Z'))),
  )
  expect(requests.every((request) => parseAgentRunRequest(request).ok)).toBe(true)
  expect(requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
    ScheduledLane.options.map((lane) => `torghut-dspy-20260305T06-${lane}`),
  )
  expect(new Set(requests.map(({ parameters }) => parameters['artifactPath']))).toEqual(
    new Set(['artifacts/dspy/20260305T06']),
  )
})

test('lanePlan() refuses parameters a run would be refused for', () => {
  const inputs = exampleInputs()
  inputs.lanes.lanes['dataset-build'].parameters['datasetWindow'] = 'a month'
  expect(() => lanePlan(inputs)).toThrow(/lane dataset-build: parameters.datasetWindow/)
})
