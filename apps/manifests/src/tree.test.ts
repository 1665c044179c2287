import { isRefusedName } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { containerOf } from './check/containers.ts'
import { exampleInputs } from './testing/example-inputs.ts'
import { PINNED_NAMES } from './torghut/environment.ts'
import { generateTree } from './tree.ts'

const tree = generateTree(exampleInputs())
const text = (path: string) => tree.find((file) => file.path === path)?.text ?? ''
const object = (path: string) => tree.find((file) => file.path === path)!.object
const SERVICE = 'torghut/review-api-knative-service.yaml'
const WORKER = 'torghut/lifecycle-worker-deployment.yaml'
const workloads = tree.filter(({ object: { kind } }) =>
  ['Service', 'Deployment', 'Job', 'CronJob'].includes(kind),
)

test('generateTree() writes the same bytes twice, and whatever the order of keys in its inputs', () => {
  expect(generateTree(exampleInputs())).toEqual(tree)
  expect(generateTree(reversed(exampleInputs()) as ReturnType<typeof exampleInputs>)).toEqual(tree)
})

test('generateTree() names every file in the kustomization of its application', () => {
  for (const application of ['agents', 'torghut']) {
    const files = tree
      .filter(({ path }) => path.startsWith(`${application}/`))
      .map(({ path }) => path.slice(application.length + 1))
    const { resources } = object(`${application}/kustomization.yaml`) as unknown as { resources: string[] }
    expect(resources).toEqual(files.filter((name) => name !== 'kustomization.yaml'))
  }
})

test('generateTree() writes everything a deployment needs, and no AgentRun', () => {
  const kinds = new Set(tree.map(({ object: { apiVersion, kind } }) => `${apiVersion} ${kind}`))
  expect([...kinds].sort()).toEqual([
    'agents.proompteng.ai/v1alpha1 ImplementationSpec',
    'apps/v1 Deployment',
    'batch/v1 CronJob',
    'batch/v1 Job',
    'kustomize.config.k8s.io/v1beta1 Kustomization',
    'monitoring.coreos.com/v1 PodMonitor',
    'monitoring.coreos.com/v1 PrometheusRule',
    'networking.k8s.io/v1 NetworkPolicy',
    'policy/v1 PodDisruptionBudget',
    'serving.knative.dev/v1 Service',
    'v1 ConfigMap',
  ])
})

test('generateTree() pins the nine names as literals in the service and the worker, and the key by reference', () => {
  for (const [path, container] of [
    [SERVICE, 'user-container'],
    [WORKER, 'lifecycle-worker'],
  ] as const) {
    const { env = [] } = containerOf(object(path), container) ?? {}
    const { pins } = exampleInputs()
    for (const name of PINNED_NAMES)
      expect(env.find((entry) => entry.name === name)).toEqual({ name, value: pins.env[name] })
    expect(env.find(({ name }) => name === 'JANGAR_API_KEY')).toEqual({
      name: 'JANGAR_API_KEY',
      valueFrom: { secretKeyRef: { name: 'jangar-api', key: 'apiKey', optional: true } },
    })
    expect(env.map(({ name }) => name).filter(isRefusedName)).toEqual([])
    expect(env.map(({ name }) => name)).toEqual(env.map(({ name }) => name).sort())
  }
})

test('generateTree() runs every container from one digest, without root, capabilities or a writable root', () => {
  for (const { path, text: yaml } of workloads) {
    expect(yaml.match(/image: .+/g), path).toEqual([expect.stringMatching(/@sha256:[0-9a-f]{64}"$/)])
    for (const line of [
      'readOnlyRootFilesystem: true',
      'runAsNonRoot: true',
      'allowPrivilegeEscalation: false',
      '- ALL',
      'memory: ',
    ]) {
      expect(yaml, path).toContain(line)
    }
    expect(yaml, path).not.toContain('runAsUser: 0')
  }
})

test('generateTree() probes by port number, keeps replicas warm and leaves PORT to Knative', () => {
  const yaml = text(SERVICE)
  expect(yaml).toContain('autoscaling.knative.dev/minScale: "2"')
  expect(yaml.match(/port: .+/g)).toEqual(['port: 8080', 'port: 8080', 'port: 8080'])
  expect(yaml).not.toMatch(/name: PORT$/m)
  expect(text(WORKER)).toMatch(/name: PORT\n +value: "8080"/)
})

test('generateTree() names a revision by what it holds', () => {
  const name = (hash: string) => {
    const [service] = generateTree(exampleInputs(hash)).filter(({ path }) => path === SERVICE)
    return /name: (torghut-review-api-[0-9a-f]{10})$/m.exec(service?.text ?? '')?.[1]
  }
  expect(name('a'.repeat(64))).toBe(name('a'.repeat(64)))
  expect(name('a'.repeat(64))).not.toBe(name('b'.repeat(64)))
})

test('generateTree() changes only the files that hold the pin when another artifact is pinned', () => {
  const other = generateTree(exampleInputs('b'.repeat(64)))
  const changed = other.filter(({ path, text: yaml }) => yaml !== text(path)).map(({ path }) => path)
  expect(changed).toEqual([
    'agents/lane-plan-configmap.yaml',
    'torghut/dashboard-configmap.yaml',
    WORKER,
    'torghut/prometheusrule.yaml',
    SERVICE,
  ])
})

test('generateTree() lets the activator, the autoscaler and the callers reach the queue-proxy', () => {
  const yaml = text('torghut/review-api-networkpolicy.yaml')
  for (const line of ['app: activator', 'app: autoscaler', 'port: 8012', 'port: 8022', 'port: 9090'])
    expect(yaml).toContain(line)
})

test.each([
  [
    'the bootstrap heuristic',
    'df087a5e643d6478b1ebe51bf44ad2d0e2228825c1c0a8e9dc345729d6a3bbff',
    /bootstrap heuristic/,
  ],
  ['upper case', 'A'.repeat(64), /64 lower-case hex digits/],
  ['a short hash', 'a'.repeat(63), /64 lower-case hex digits/],
])('generateTree() refuses to pin %s', (_, hash, problem) => {
  expect(() => generateTree(exampleInputs(hash))).toThrow(problem)
})

test('generateTree() refuses a request timeout at the program timeout, and accepts one second more', () => {
  const inputs = exampleInputs()
  inputs.deploy.api.requestTimeoutSeconds = 8
  expect(() => generateTree(inputs)).toThrow('requestTimeoutSeconds must be above LLM_DSPY_TIMEOUT_SECONDS')
  inputs.deploy.api.requestTimeoutSeconds = 9
  expect(() => generateTree(inputs)).not.toThrow()
})

test('generateTree() refuses pins that name another container than it writes', () => {
  const inputs = exampleInputs()
  inputs.pins.targets[0]!.name = 'torghut'
  expect(() => generateTree(inputs)).toThrow(
    /names serving.knative.dev\/Service\/torghut\/torghut\/user-container/,
  )
})

/** The same values with every mapping written backwards. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]) => [key, reversed(entry)]),
  )
}
