import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
const ESLINT = join(ROOT, 'node_modules/eslint/bin/eslint.js')

/** A workspace with the real gates and the real configuration, where new files may lie. */
let root: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'torghut-templates-'))
  for (const file of ['tsconfig.base.json', 'vitest.config.ts', 'eslint.config.mjs', 'nx.json', 'package.json']) {
    cpSync(join(ROOT, file), join(root, file))
  }
  for (const part of ['src', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, 'libs/gates', part), join(root, 'libs/gates', part), { recursive: true })
  }
  mkdirSync(join(root, 'tools/bench'), { recursive: true })
  cpSync(join(ROOT, 'tools/templates/package.json'), join(root, 'tools/bench/package.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

test('new lib writes a lib that is typed, linted and tested as it stands', { timeout: 120_000 }, async () => {
  const made = await run(MAIN, 'lib', 'order-book', '--type', 'adapter')
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  expect(made.stdout).toContain('npm install')
  expect(listFiles('libs/order-book')).toEqual([
    'package.json',
    'src/errors.test.ts',
    'src/errors.ts',
    'src/index.ts',
    'tsconfig.json',
  ])
  const manifest = JSON.parse(readFileSync(join(root, 'libs/order-book/package.json'), 'utf8'))
  expect(manifest).toMatchObject({ name: '@torghut/order-book', nx: { tags: ['type:adapter'] } })
  await expectGood('libs/order-book', 'libs/order-book/src/errors.test.ts', 1)
})

test('new gate writes a gate that denies, is typed, linted and tested as it stands', { timeout: 120_000 }, async () => {
  const made = await run(MAIN, 'gate', 'tick-size')
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  expect(made.stdout).toContain("list 'tick-size' at its place in GATE_ORDER")
  await expectGood('libs/gates', 'libs/gates/src/decision/pre-trade/tick-size.test.ts', 2)
})

test('new lib is of type core unless told, and then says what core libs may not do', async () => {
  const made = await run(MAIN, 'lib', 'quiet')
  const manifest = JSON.parse(readFileSync(join(root, 'libs/quiet/package.json'), 'utf8'))
  expect(manifest).toMatchObject({ nx: { tags: ['type:core'] } })
  expect(made.stdout).toContain('Node built-ins')
})

test.each([
  ['nothing', [], 'Say what to make'],
  ['an unknown kind', ['app', 'desk'], 'Say what to make'],
  ['no name', ['lib'], 'Say what to make'],
  ['two names', ['lib', 'one', 'two'], 'one name at a time'],
  ['a bad name', ['lib', 'OrderBook'], 'kebab-case'],
  ['a path for a name', ['gate', '../escape'], 'kebab-case'],
  ['the name of a lib', ['lib', 'gates'], 'a project has this name'],
  ['the name of a project elsewhere', ['lib', 'templates'], 'a project has this name'],
  ['the name of a listed gate', ['gate', 'market-context'], 'GATE_ORDER has one'],
  ['the name of another file beside the gates', ['gate', 'findings'], 'it exists'],
  ['an unknown type', ['lib', 'thing', '--type', 'app'], 'Cannot make a lib of type "app"'],
  ['an unknown flag', ['lib', 'thing', '--fast'], '--fast'],
])('new refuses %s with one line and writes nothing', async (_what, argv, problem) => {
  const before = listFiles('libs')
  const made = await run(MAIN, ...argv)
  expect(made).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/^new: [^\n]+\n$/) })
  expect(made.stderr).toContain(problem)
  expect(listFiles('libs')).toEqual(before)
})

test('new gate says where to run it when there are no gates', async () => {
  rmSync(join(root, 'libs/gates'), { recursive: true })
  const made = await run(MAIN, 'gate', 'late')
  expect(made).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('from the root') })
  expect(existsSync(join(root, 'libs/gates'))).toBe(false)
})

async function expectGood(project: string, testFile: string, tests: number): Promise<void> {
  expect(await run(TSC, '--noEmit', '-p', project)).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  const withoutGraph = '{"@nx/enforce-module-boundaries": "off"}'
  expect(await run(ESLINT, '--rule', withoutGraph, project)).toMatchObject({ exitCode: 0 })
  const passed = expect.stringMatching(new RegExp(`Tests +${tests} passed`))
  expect(await run(VITEST, 'run', testFile)).toMatchObject({ exitCode: 0, stdout: passed })
}

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder, '/').length))
    .sort()
}

async function run(program: string, ...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' }
  return await new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: root, env, timeout: 50_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}
