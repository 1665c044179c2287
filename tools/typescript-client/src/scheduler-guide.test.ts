import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const workspace = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const guide = readFileSync(workspace('docs/guides/scheduler-in-typescript.md'), 'utf8')
const scheduler = /```ts\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''

/** Ways to get the guide's code wrong: what, the one place that changes, what it becomes, what the compiler says. */
const mistakes: [string, string, string, RegExp][] = [
  ['a field the contract does not know', "symbol: 'NVDA'", "symbol: 'NVDA', ticker: 'NVDA'", /^TS2353 .*'ticker'/],
  ['a number where a decimal is meant', "qty: '10'", 'qty: 10', /^TS2322 .*'number'/],
  ['a word outside a closed list', "action: 'buy'", "action: 'hold'", /^TS2322 .*"hold"/],
  ['a missing field', "      prompt_version: 'dspy:v1',\n", '', /^TS2741 .*'prompt_version'/],
  ['an address the API does not have', "'/v1/reviews'", "'/v1/review'", /^TS2345 .*"\/v1\/review"/],
  ['a field the answer does not have', 'data.decision', 'data.order', /^TS2339 .*'order'/],
]

const compilerOptions = {
  target: 'ES2024',
  module: 'NodeNext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
}

let folder: string
let errorsByFile: Map<string, string[]>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'torghut-client-'))
  symlinkSync(workspace('node_modules'), join(folder, 'node_modules'), 'junction')
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  writeFileSync(join(folder, 'scheduler.ts'), scheduler)
  for (const [index, [, from, to]] of mistakes.entries()) {
    writeFileSync(join(folder, `mistake-${index}.ts`), scheduler.replace(from, to))
  }
  await generateTypes(join(folder, 'review-plane.d.ts'))
  errorsByFile = await compile()
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As the guide says it, only from the committed document. */
async function generateTypes(file: string): Promise<void> {
  const generator = fileURLToPath(new URL('../bin/cli.js', import.meta.resolve('openapi-typescript')))
  const options = ['--default-non-nullable=false', '-o', file]
  await run(process.execPath, [generator, workspace('docs/reference/openapi.json'), ...options])
}

/** All files in one go, as `code message` of each error by file. */
async function compile(): Promise<Map<string, string[]>> {
  const tsc = [workspace('node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false']
  const { stdout } = await run(process.execPath, tsc).catch((error: { stdout: string }) => error)
  const errors = new Map<string, string[]>()
  const lines = stdout.matchAll(/^(?:.*[\\/])?([\w.-]+)\(\d+,\d+\): error (TS\d+): (.*)$/gm)
  for (const [, file = '', code, message] of lines) {
    errors.set(file, [...(errors.get(file) ?? []), `${code} ${message}`])
  }
  return errors
}

test('the scheduler of the TypeScript guide type-checks against the generated client', () => {
  expect(guide).toContain('--default-non-nullable=false')
  expect(scheduler).toContain("client.POST('/v1/reviews'")
  expect(errorsByFile.size).toBe(mistakes.length)
  expect(errorsByFile.get('scheduler.ts')).toBeUndefined()
})

test.each(mistakes.map((mistake, index) => [...mistake, index] as const))(
  'the generated client refuses %s',
  (_what, from, _to, error, index) => {
    expect(scheduler.split(from)).toHaveLength(2)
    expect(errorsByFile.get(`mistake-${index}.ts`)?.[0]).toMatch(error)
  },
)
