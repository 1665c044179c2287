import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { packagedNodePath } from '@torghut/local-stack'
import { ESLint } from 'eslint'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { cleanEnvironment, removeFolder, temporaryFolder } from '../support/running-stack.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CHECK = join(ROOT, 'tools/workspace/src/check.ts')
const ESLINT = join(ROOT, 'node_modules/eslint/bin/eslint.js')
const NX = join(ROOT, 'node_modules/nx/dist/bin/nx.js')

/** Tags with a meaning; a project has exactly one. */
const KINDS = ['contract', 'core', 'platform', 'telemetry', 'adapter', 'app', 'generator', 'outer']
const TAGS = KINDS.map((kind) => `type:${kind}`)

/** What Nx writes about the workspace goes here, so that neither the graph nor the cache of the checkout is touched. */
let folder: string

beforeAll(async () => {
  folder = temporaryFolder()
  const built = await run(NX, ['show', 'projects'], { cwd: ROOT, graph: 'graph' })
  expect(built).toMatchObject({ exitCode: 0, output: expect.stringContaining('@torghut/gates') })
})

afterAll(() => removeFolder(folder))

const GATES = 'libs/gates/src/probe.ts'

const forbidden: [string, string, string, string][] = [
  ['an import against the tags', GATES, '@torghut/artifact-store', '"type:core" can only depend on'],
  ['an app in a tool', 'tools/market-replay/src/probe.ts', '@torghut/review-api/src/app.ts', 'Imports of apps'],
  ['telemetry in the platform', 'libs/local-stack/src/probe.ts', '@torghut/telemetry', '"type:platform" can only'],
  ['a banned package in a core lib', GATES, 'pg', '"type:core" is not allowed to import "pg"'],
  ['a Node built-in in a core lib', GATES, 'node:fs', 'Core libs do no I/O'],
  ['a relative import of another project', GATES, '../../contracts/src/index.ts', 'cannot be imported by a relative'],
]

test.each(forbidden)('eslint refuses %s', async (_what, path, imported, message) => {
  const linted = await lint(path, imported)
  expect(linted.exitCode).toBe(1)
  expect(linted.output).toContain(message)
})

test.each([
  ['libs/gates/src/probe.ts', '@torghut/contracts'],
  ['libs/gates/src/probe.ts', 'node:crypto'],
  ['libs/gates/src/probe.test.ts', 'node:fs'],
  ['libs/artifact-store/src/probe.ts', 'pg'],
])('eslint lets %s import "%s"', async (path, imported) => {
  expect(await lint(path, imported)).toEqual({ exitCode: 0, output: '' })
})

test('eslint alone lets everything pass without a project graph', async () => {
  const linted = await lint('libs/gates/src/probe.ts', 'pg', 'no-graph')
  expect(linted).toMatchObject({ exitCode: 0, output: expect.stringContaining('The rule will be skipped') })
})

test('check fails when a lint run saw no project graph, also on a cached result', { timeout: 90_000 }, async () => {
  const cwd = fixtureWorkspace('skipping', 'NX_WORKSPACE_DATA_DIRECTORY=nowhere eslint .')
  for (const cached of [false, true]) {
    const checked = await run(CHECK, ['lint'], { cwd, graph: 'skipping-graph' })
    expect(checked.exitCode).toBe(1)
    expect(checked.output).toContain('A lint rule was skipped')
    expect(checked.output.includes('existing outputs match the cache')).toBe(cached)
  }
})

test('check passes when lint saw the graph, and fails when it found something', { timeout: 90_000 }, async () => {
  const cwd = fixtureWorkspace('looking', 'eslint .')
  expect(await run(CHECK, ['lint'], { cwd, graph: 'looking-graph' })).toMatchObject({ exitCode: 0 })
  writeFileSync(join(cwd, 'libs/example/src/index.ts'), source('pg'))
  const checked = await run(CHECK, ['lint'], { cwd, graph: 'looking-graph' })
  expect(checked).toMatchObject({ exitCode: 1, output: expect.stringContaining('not allowed to import "pg"') })
})

test('check exits 2 where there is no nx', async () => {
  expect(await run(CHECK, [], { cwd: folder, graph: 'graph' })).toMatchObject({ exitCode: 2 })
})

test('every project has exactly one tag, and one with a meaning', () => {
  const strangers = projects().filter(({ tags }) => tags.length !== 1 || !TAGS.includes(tags[0] ?? ''))
  expect(strangers).toEqual([])
  expect(projects().length).toBeGreaterThan(10)
})

test('every contract and core project is kept from Node built-ins', async () => {
  const eslint = new ESLint({ cwd: ROOT })
  const pure = projects().filter(({ tags }) => tags.some((tag) => tag === 'type:contract' || tag === 'type:core'))
  expect(pure.length).toBeGreaterThanOrEqual(3)
  for (const { path } of pure) {
    const file = join(ROOT, path, 'src/probe.ts')
    const config: { rules: Record<string, unknown> } = await eslint.calculateConfigForFile(file)
    expect(JSON.stringify([path, config.rules['no-restricted-imports']])).toContain('node:*')
  }
})

const source = (imported: string) => `import * as imported from '${imported}'\n\nexport const used = imported\n`

/** Lints a file that is never written, as the checkout's own configuration has it. */
async function lint(path: string, imported: string, graph = 'graph') {
  return await run(ESLINT, ['--stdin', '--stdin-filename', path], { cwd: ROOT, graph, input: source(imported) })
}

interface RunOptions {
  cwd: string
  /** Which of the folders of this test Nx keeps its project graph and cache in. */
  graph: string
  input?: string
}

async function run(program: string, args: string[], { cwd, graph, input }: RunOptions) {
  const env = {
    ...Object.fromEntries(Object.entries(cleanEnvironment()).filter(([name]) => !name.startsWith('NX_'))),
    NX_WORKSPACE_DATA_DIRECTORY: join(folder, graph),
    NX_CACHE_DIRECTORY: join(folder, graph, 'cache'),
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  }
  const child = spawn(packagedNodePath(), [program, ...args], { cwd, env, timeout: 60_000 })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input ?? '')
  const exit = new Promise<number | null>((ended) => child.once('close', ended))
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { exitCode, output: `${stdout}${stderr}` }
}

/** A workspace of one core lib under the checkout's own configuration, whose lint script is given. */
function fixtureWorkspace(name: string, lintScript: string): string {
  const root = join(folder, name)
  const lib = join(root, 'libs/example')
  mkdirSync(join(lib, 'src'), { recursive: true })
  for (const file of ['nx.json', 'eslint.config.mjs', 'tsconfig.base.json', 'package-lock.json', 'package.json']) {
    cpSync(join(ROOT, file), join(root, file))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  const scripts = { lint: lintScript }
  const manifest = { name: '@torghut/example', type: 'module', scripts, nx: { tags: ['type:core'] } }
  writeFileSync(join(lib, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(lib, 'src/index.ts'), source('node:crypto'))
  return root
}

function projects(): { path: string; tags: string[] }[] {
  const folders = ['apps', 'libs', 'tools'].flatMap((parent) =>
    readdirSync(join(ROOT, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}`),
  )
  return [...folders, 'test'].map((path) => {
    const { nx } = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')) as { nx?: { tags?: string[] } }
    return { path, tags: nx?.tags ?? [] }
  })
}
