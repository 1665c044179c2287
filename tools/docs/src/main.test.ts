import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { writePages } from './committed-pages.ts'
import { PAGES } from './pages.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const GUARDRAILS = 'docs/reference/guardrails.md'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'torghut-docs-'))
})
afterEach(() => rm(root, { recursive: true }))

test('docs --check finds the committed pages to be what the code writes', async () => {
  expect(await runMain('--check')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
})

test('docs writes every page, twice the same bytes, and then finds nothing stale', async () => {
  const first = await runMain('--root', root)
  expect(first).toMatchObject({ exitCode: 0, stdout: `${Object.keys(PAGES).join('\n')}\n` })
  const bytes = await readPages()
  await runMain('--root', root)
  expect(await readPages()).toEqual(bytes)
  expect(await runMain('--check', '--root', root)).toMatchObject({ exitCode: 0, stdout: '' })
})

test('docs --check exits 1 with a unified diff of the page that differs, and leaves it alone', async () => {
  await writePages(root)
  const page = await readFile(join(root, GUARDRAILS), 'utf8')
  const edited = page.replace('## Fixed', '## Mixed')
  await writeFile(join(root, GUARDRAILS), edited)
  const ended = await runMain('--check', '--root', root)
  expect(ended.exitCode).toBe(1)
  expect(ended.stdout).toContain(`--- a/${GUARDRAILS}`)
  expect(ended.stdout).toMatch(/^-## Mixed\n\+## Fixed$/m)
  expect(ended.stdout).not.toContain('environment.md\n')
  expect(ended.stderr).toContain('npm run docs')
  expect(await readFile(join(root, GUARDRAILS), 'utf8')).toBe(edited)
})

test('docs --check exits 1 when a page is missing', async () => {
  await writePages(root)
  await rm(join(root, GUARDRAILS))
  expect((await runMain('--check', '--root', root)).exitCode).toBe(1)
})

test.each([['--chek'], ['extra'], ['--root']])('docs exits 2 with its usage for %s', async (flag) => {
  const ended = await runMain(flag)
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ended.stderr).toContain('Usage:')
})

async function readPages(): Promise<string[]> {
  return Promise.all(Object.keys(PAGES).map((path) => readFile(join(root, path), 'utf8')))
}

async function runMain(...argv: string[]) {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 25_000 })
  const exit = new Promise<number | null>((ended) => child.once('close', ended))
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { stdout, stderr, exitCode }
}
