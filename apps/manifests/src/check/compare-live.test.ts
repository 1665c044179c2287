import { expect, test } from 'vitest'

import type { KubernetesObject } from '../objects/kubernetes-object.ts'
import { exampleInputs } from '../testing/example-inputs.ts'
import { asServed } from '../testing/live-object.ts'
import { generateTree } from '../tree.ts'
import { compareLive } from './compare-live.ts'

const committed = generateTree(exampleInputs()).filter(({ object }) => object.kind !== 'Kustomization')
const served = (kind: string) => asServed(committed.find(({ object }) => object.kind === kind)!.object)

/** Any step into an object, as a person with kubectl edit could. */
type Loose = Record<string, any> // eslint-disable-line @typescript-eslint/no-explicit-any
type Edit = (object: Loose) => void
const podOf = (object: Loose) => object['spec'].template.spec
const containerOf = (object: Loose) => podOf(object).containers[0]

test('compareLive() finds no drift in what a server fills in, for every object, in any order of env and volumes', () => {
  const live = committed.map(({ object }) => asServed(object))
  for (const object of live as Loose[]) {
    if (!['Service', 'Deployment'].includes(object['kind'])) continue
    containerOf(object).env.reverse()
    podOf(object).volumes.reverse()
  }
  expect(compareLive(committed, live, true)).toMatchObject({ findings: [], notes: [] })
})

test.each<[string, string, Edit, RegExp]>([
  [
    'a changed pin',
    'Service',
    (live) =>
      (containerOf(live).env.find((entry: Loose) => entry['name'] === 'LLM_DSPY_ARTIFACT_HASH').value =
        'b'.repeat(64)),
    /-.*a{64}[^]*\+.*b{64}/,
  ],
  [
    'a deprecated name',
    'Service',
    (live) => containerOf(live).env.push({ name: 'LLM_ENABLED', value: 'false' }),
    /\+ +- name: LLM_ENABLED/,
  ],
  ['a removed name', 'Deployment', (live) => containerOf(live).env.pop(), /- +- name: TRADING_MODE/],
  [
    'a name that stands there twice',
    'Deployment',
    (live) => containerOf(live).env.push({ ...containerOf(live).env[0] }),
    /\+ +- name: DATABASE_URL/,
  ],
  [
    'a value instead of a reference',
    'Service',
    (live) => (containerOf(live).env[0] = { name: 'DATABASE_URL', value: 'postgres://x' }),
    /\+ +value: "?postgres/,
  ],
  [
    'an environment from elsewhere',
    'Service',
    (live) => (containerOf(live).envFrom = [{ configMapRef: { name: 'x' } }]),
    /\+ +envFrom:/,
  ],
  [
    'another image',
    'Service',
    (live) => (containerOf(live).image = 'registry/x:latest'),
    /\+ +image: .*latest/,
  ],
  [
    'a sidecar',
    'Deployment',
    (live) => podOf(live).containers.push({ name: 'sidecar', image: 'x' }),
    /\+ +- name: sidecar/,
  ],
  [
    'a scale to zero',
    'Service',
    (live) => (live['spec'].template.metadata.annotations['autoscaling.knative.dev/minScale'] = '0'),
    /\+ +autoscaling.knative.dev\/minScale: "0"/,
  ],
  [
    'a container with more rights',
    'Service',
    (live) => (containerOf(live).securityContext.runAsNonRoot = false),
    /\+ +runAsNonRoot: false/,
  ],
  [
    'the network of the host',
    'Deployment',
    (live) => (podOf(live).hostNetwork = true),
    /\+ +hostNetwork: true/,
  ],
  [
    'a default that somebody changed',
    'Deployment',
    (live) => (podOf(live).dnsPolicy = 'Default'),
    /\+ +dnsPolicy: Default/,
  ],
  ['another number of replicas', 'Deployment', (live) => (live['spec'].replicas = 2), /\+ +replicas: 2/],
  ['a suspended schedule', 'CronJob', (live) => (live['spec'].suspend = true), /\+ +suspend: true/],
  [
    'an alert that was silenced',
    'PrometheusRule',
    (live) => live['spec'].groups[0].rules.pop(),
    /- +- alert: TorghutReviewsFailLowTraffic/,
  ],
  ['an opened network', 'NetworkPolicy', (live) => live['spec'].egress.push({}), /\+ +- \{\}/],
  [
    'more memory than asked for',
    'Service',
    (live) => (containerOf(live).resources.limits.memory = '2Gi'),
    /\+ +memory: "2Gi"/,
  ],
])('compareLive() finds %s in a %s', (_, kind, edit, diff) => {
  const live = served(kind)
  edit(live as Loose)
  const { findings } = compareLive(committed, [live], false)
  expect(findings).toHaveLength(1)
  expect(findings[0]?.diff).toMatch(diff)
  expect(findings[0]?.file).toMatch(/^argocd\/applications\//)
})

test.each<[string, Edit]>([
  ['the readiness probe', (live) => (containerOf(live).readinessProbe.periodSeconds = 1)],
  ['the protocol of the port', (live) => (containerOf(live).ports[0].protocol = 'UDP')],
  ['the service links', (live) => (podOf(live).enableServiceLinks = true)],
])('compareLive() tells of %s, which Argo CD ignores, without calling it drift', (_, edit) => {
  const live = served('Service')
  edit(live as Loose)
  const { findings, notes } = compareLive(committed, [live], false)
  expect(findings).toEqual([])
  expect(notes).toEqual([expect.stringContaining('Argo CD ignores it and will not put it back')])
})

test('compareLive() calls a split of traffic that is not in Git drift, and says that Argo CD will not mend it', () => {
  const live = served('Service') as Loose
  live['spec'].traffic = [{ revisionName: 'torghut-review-api-0000000000', percent: 100 }]
  const { findings } = compareLive(committed, [live as KubernetesObject], false)
  expect(findings).toMatchObject([{ message: expect.stringContaining('Argo CD ignores /spec/traffic') }])
})

test('compareLive() knows 1024Mi and 1Gi, 500m and 0.5 as one amount', () => {
  const live = served('Service') as Loose
  Object.assign(containerOf(live).resources, {
    limits: { memory: '1073741824' },
    requests: { cpu: '0.5', memory: '512Mi' },
  })
  expect(compareLive(committed, [live as KubernetesObject], false).findings).toEqual([])
})

test('compareLive() ignores objects of others and names one of ours that Git does not have', () => {
  const live = served('Service')
  const other = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: live.metadata!.name!, namespace: 'torghut' },
  }
  const left = { ...served('CronJob'), metadata: { ...served('CronJob').metadata, name: 'torghut-dspy-old' } }
  expect(compareLive(committed, [live, other], false).findings).toEqual([])
  expect(compareLive(committed, [live, left], false).findings).toMatchObject([
    { message: 'CronJob.batch agents/torghut-dspy-old is live and not in Git' },
  ])
})

test('compareLive() asks for every object only when the input is said to be complete', () => {
  expect(compareLive(committed, [served('Service')], false).findings).toEqual([])
  expect(compareLive(committed, [served('Service')], true).findings).toHaveLength(committed.length - 1)
})

test('compareLive() refuses objects none of which is ours', () => {
  expect(() =>
    compareLive(committed, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }], false),
  ).toThrow('None of the objects')
})
