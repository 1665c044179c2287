import { execFile, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { hashJson, parseEnvironment } from '@torghut/contracts'
import { packagedNodePath } from '@torghut/local-stack'
import { seedArtifact } from '@torghut/programs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { startTorghut } from './support/run-torghut.ts'
import { cleanEnvironment, startStack } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const SERVICE = 'argocd/applications/torghut/review-api-knative-service.yaml'

/** Names that differ between a manifest and a stack of one machine: where it lives and listens, whom it asks, who may ask it. */
const PLACE_NAMES = [
  'HOST',
  'JANGAR_BASE_URL',
  'LLM_DSPY_SECRET_BINDING_REF',
  'PORT',
  'TORGHUT_API_KEYS_FILE',
  'TORGHUT_CHECKPOINT_KEY_FILE',
  'TORGHUT_DATA_DIR',
  'TORGHUT_IMAGE_DIGEST',
  'TORGHUT_STORAGE',
]

const kubectl = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' })
const hasKubectl = kubectl.status === 0
const rendersWith = /Kustomize Version: \S+/.exec(kubectl.stdout ?? '')?.[0] ?? 'an unknown kustomize'
process.stderr.write(
  hasKubectl
    ? `notice: the tree is rendered with kubectl (${rendersWith})\n`
    : 'notice: kubectl is absent, the tree is not rendered with kustomize\n',
)

let stack: RunningStack
let root: string
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'torghut-manifests-'))
  for (const folder of ['config', 'argocd'])
    cpSync(join(REPOSITORY, folder), join(root, folder), { recursive: true })
  stack = await startStack()
})
afterAll(async () => {
  await stack.stop()
  rmSync(root, { recursive: true })
})

/** Runs the generator itself; what the command line adds has a test of its own. */
function manifests(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string[] }> {
  const main = join(REPOSITORY, 'apps/manifests/src/main.ts')
  return new Promise((resolve) => {
    const options = { env: { ...cleanEnvironment(), ...env }, maxBuffer: 64 * 1024 * 1024 }
    execFile(packagedNodePath(), [main, ...args, '--root', root], options, (error, stdout, stderr) =>
      resolve({
        code: Number(error?.code ?? 0),
        stdout,
        stderr: stderr.split('\n').filter((line) => line !== ''),
      }),
    )
  })
}

/** The tree as one string a file, read back from the disk. */
function treeOn(folder: string): Record<string, string> {
  const names = readdirSync(join(folder, 'argocd'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  )
  return Object.fromEntries(
    names.sort().map((name) => [name, readFileSync(join(folder, 'argocd', name), 'utf8')]),
  )
}

/** Changes a file, does something and puts the file back. */
async function whileEdited<T>(
  path: string,
  edit: (text: string) => string,
  act: () => Promise<T>,
): Promise<T> {
  const text = readFileSync(join(root, path), 'utf8')
  const edited = edit(text)
  expect(edited).not.toBe(text)
  writeFileSync(join(root, path), edited)
  try {
    return await act()
  } finally {
    writeFileSync(join(root, path), text)
  }
}

const unequal = (stdout: string) =>
  (JSON.parse(stdout) as { comparisons: { pair: string; findings: object[] }[] }).comparisons
    .filter(({ findings }) => findings.length > 0)
    .map(({ pair }) => pair)

test('the committed tree is what manifests generate writes', async () => {
  const { code, stdout } = await manifests(['check'])
  expect(stdout).toContain('converged')
  expect(code).toBe(0)
})

test('the committed pin is the seed artifact until something is promoted', () => {
  const { env } = JSON.parse(readFileSync(join(REPOSITORY, 'config/deploy/pins.json'), 'utf8')) as {
    env: Record<string, string>
  }
  expect(env['LLM_DSPY_ARTIFACT_HASH']).toBe(hashJson(seedArtifact(env['LLM_MODEL'] ?? '')))
})

test('manifests generate writes the same bytes in any time zone and locale, once', async () => {
  const before = treeOn(root)
  const places: Record<string, string>[] = [
    { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    { TZ: 'UTC', LC_ALL: 'C' },
  ]
  for (const env of places) {
    rmSync(join(root, 'argocd'), { recursive: true })
    const { code, stdout } = await manifests(['generate', '--json'], env)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ removed: [], unchanged: 0 })
    expect(treeOn(root)).toEqual(before)
  }
  expect(JSON.parse((await manifests(['generate', '--json'])).stdout)).toMatchObject({
    written: [],
    removed: [],
  })
})

test('manifests generate removes what nobody generates any more', async () => {
  writeFileSync(join(root, 'argocd/applications/torghut/left.yaml'), 'kind: Left\n')
  const { stdout } = await manifests(['generate', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ removed: ['torghut/left.yaml'] })
})

test.skipIf(!hasKubectl)(
  'kubectl kustomize renders both applications, and the rendering is no drift',
  async () => {
    const texts = ['agents', 'torghut'].map((name) => {
      const { status, stdout, stderr } = spawnSync(
        'kubectl',
        ['kustomize', join(root, 'argocd/applications', name)],
        { encoding: 'utf8' },
      )
      expect(status, stderr).toBe(0)
      return stdout
    })
    writeFileSync(join(root, 'rendered.yaml'), texts.join('---\n'))
    expect(await manifests(['check', '--live', join(root, 'rendered.yaml'), '--complete'])).toMatchObject({
      code: 0,
    })
  },
)

test('manifests check finds a drift of what is generated, committed and live, with exit code 1 and a diff', async () => {
  const generated = await whileEdited(
    'config/deploy/torghut.yaml',
    (text) => text.replace('minScale: 2', 'minScale: 3'),
    () => manifests(['check', '--json']),
  )
  expect([generated.code, unequal(generated.stdout)]).toEqual([1, ['generated-committed']])

  const committed = await whileEdited(
    SERVICE,
    (text) => text.replace('value: paper', 'value: live'),
    () => manifests(['check']),
  )
  expect(committed.code).toBe(1)
  expect(committed.stdout).toContain('-              value: live\n+              value: paper')

  const live = join(root, 'live.yaml')
  writeFileSync(live, readFileSync(join(root, SERVICE), 'utf8').replace('value: "8"', 'value: "80"'))
  const seen = await manifests(['check', '--json', '--live', live])
  expect([seen.code, unequal(seen.stdout)]).toEqual([1, ['committed-live']])
})

test('manifests check compares a running review API name by name, and says in which they differ', async () => {
  const { code, stdout } = await manifests(['check', '--json', '--url', stack.api])
  expect([code, unequal(stdout)]).toEqual([1, ['committed-running']])
  const { comparisons } = JSON.parse(stdout) as {
    comparisons: { pair: string; findings: { message: string }[] }[]
  }
  const [found] = comparisons.find(({ pair }) => pair === 'committed-running')?.findings ?? []
  const named = (found?.message ?? '').split('; ').map((sentence) => sentence.split(' ', 1)[0])
  // The pinned artifact, the model and every limit are those of the stack; where it lives is not.
  expect(named).toEqual(PLACE_NAMES)
})

test('manifests check is converged with a process that runs what is committed, and finds the artifact before', async () => {
  const variables = [
    ...readFileSync(join(root, SERVICE), 'utf8').matchAll(/- name: ([A-Z_]+)\n +value: "?([^"\n]+)"?/g),
  ]
  const env = {
    ...Object.fromEntries(variables.map(([, name, value]) => [name, value])),
    DATABASE_URL: 'postgres://u@h/d',
    PORT: '8080',
  }
  const answer = (change: Record<string, string> = {}) => {
    const parsed = parseEnvironment({ ...env, ...change })
    if (!parsed.ok) throw new Error(parsed.problems.join('; '))
    const { contract, artifactHash } = parsed.environment
    return {
      environment: contract,
      artifact: { hash: artifactHash, kind: 'seed', verified: true, reason: null },
      image_digest: null,
    }
  }
  const answers = [answer(), answer({ LLM_DSPY_ARTIFACT_HASH: 'b'.repeat(64) })]
  const server = createServer((_, response) => response.end(JSON.stringify(answers.shift())))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await manifests(['check', '--url', url])).toMatchObject({ code: 0 })
  const other = await manifests(['check', '--url', url, '--json'])
  server.close()
  expect([other.code, unequal(other.stdout)]).toEqual([1, ['committed-running']])
})

test('torghut manifests hands over its words, its help and its exit code', async () => {
  const help = await startTorghut({ args: ['manifests', 'check', '--help'] }).result
  expect([help.code, help.stdout[0]]).toEqual([0, 'torghut manifests check'])
  const refused = await startTorghut({ args: ['manifests', 'check', '--json', '--sarif'] }).result
  expect(refused).toMatchObject({ code: 2, stdout: [], stderr: [expect.stringMatching(/give one of them/)] })
})

test('torghut audit bundle is the generator too, with its words and its exit code', async () => {
  const { code, stdout, stderr } = await startTorghut({ args: ['audit', 'bundle', '--stage', 'paper'] }).result
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: [], stderr: [expect.stringMatching(/Give --key/)] })
})

test('manifests check answers in SARIF', async () => {
  const { code, stdout } = await whileEdited(
    SERVICE,
    (text) => text.replace('value: info', 'value: debug'),
    () => manifests(['check', '--sarif']),
  )
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    version: '2.1.0',
    runs: [{ results: [{ ruleId: 'generated-committed', level: 'error' }] }],
  })
})

test.each([
  [
    'an input with a tab',
    'config/deploy/owners.yaml',
    (text: string) => text.replace('  gates', '\tgates'),
    /owners\.yaml:6: Tabs/,
  ],
  [
    'a pin of a refused name',
    'config/deploy/pins.json',
    (text: string) => text.replace('"LLM_ENABLED": null', '"LLM_ENABLED": "true"'),
    /pins\.json:\d+: .*LLM_ENABLED/,
  ],
  [
    'a setting nobody reads',
    'config/deploy/torghut.yaml',
    (text: string) => text.replace('settings: {}', 'settings: { LLM_PROVIDER: x }'),
    /LLM_PROVIDER is refused/,
  ],
])(
  'manifests generate refuses %s with one line and exit code 2, and writes nothing',
  async (_, path, edit, line) => {
    const before = treeOn(root)
    const result = await whileEdited(path, edit, () => manifests(['generate']))
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: [expect.stringMatching(line)] })
    expect(treeOn(root)).toEqual(before)
  },
)

test.each([
  [['check', '--live', '/nowhere.yaml'], /nowhere\.yaml: cannot be read \(ENOENT\)/],
  [['check', '--url', 'http://127.0.0.1:1'], /cannot be read/],
  [['generate', '--nonsense'], /nonsense/],
])('manifests %j is refused with one line and exit code 2', async (args, line) => {
  expect(await manifests(args)).toMatchObject({ code: 2, stdout: '', stderr: [expect.stringMatching(line)] })
})

test('alerts and dashboards read only metrics the review API exports, or the worker is to export', async () => {
  const exported = [
    ...(await (await fetch(`${stack.api}/metrics`)).text()).matchAll(/^# TYPE (\S+) (\S+)$/gm),
  ]
  const names = new Set(
    exported.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
  const table = readFileSync(join(REPOSITORY, 'apps/manifests/src/alerts/worker-metrics.ts'), 'utf8')
  const ofWorker = [...table.matchAll(/^ {2}(torghut_\w+):/gm)].map(([, name = '']) => name)
  const written = ['prometheusrule.yaml', 'dashboard-configmap.yaml'].map((name) =>
    readFileSync(join(root, 'argocd/applications/torghut', name), 'utf8'),
  )
  const read = new Set(written.flatMap((text) => text.match(/\btorghut_[a-z0-9_]+(?=\{)/g) ?? []))
  expect([...read].filter((name) => !names.has(name) && !ofWorker.includes(name))).toEqual([])
  expect(ofWorker.filter((name) => !read.has(name))).toEqual([])
  expect(read.size).toBeGreaterThan(ofWorker.length)
  process.stderr.write(
    `notice: ${ofWorker.length} metrics of the lifecycle worker are read and not exported by the review API: ${ofWorker.join(', ')}\n`,
  )
})
