import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../apps/manifests/src/main.ts', import.meta.url))

const HASH = '373bb47d4588d86a6fcf682e8b127420305a27860ba91c3508448f037e4adca8'
const NEXT = 'c'.repeat(64)

/** The shape of the service we succeed, with comments people put there. */
const MANIFEST = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: torghut
  namespace: torghut
spec:
  template:
    spec:
      containers:
        - name: user-container
          image: registry.example/torghut@sha256:${'d'.repeat(64)}
          env:
            - name: APP_ENV
              value: prod
            # Turned off by hand last week.
            - name: LLM_DSPY_RUNTIME_MODE
              value: active
            - name: LLM_DSPY_ARTIFACT_HASH # promoted
              value: ${HASH}
            - name: LLM_DSPY_TIMEOUT_SECONDS
              value: "8"
`

const TARGET = {
  group: 'serving.knative.dev',
  kind: 'Service',
  namespace: 'torghut',
  name: 'torghut',
  container: 'user-container',
}
const PINS = { targets: [TARGET], env: { LLM_DSPY_ARTIFACT_HASH: NEXT, LLM_MODEL: 'gpt-5.3-codex-spark' } }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torghut-converge-'))
  writeFileSync(join(folder, 'service.yaml'), MANIFEST)
  writeFileSync(join(folder, 'pins.json'), JSON.stringify(PINS))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const manifest = () => readFileSync(join(folder, 'service.yaml'), 'utf8')

const CONVERGED = MANIFEST.replace(HASH, NEXT).replace(
  '            - name: LLM_DSPY_ARTIFACT_HASH',
  '            - name: LLM_MODEL\n              value: gpt-5.3-codex-spark\n            - name: LLM_DSPY_ARTIFACT_HASH',
)

test('manifests converge checks with a diff, converges, and then has nothing to do', async () => {
  const check = await converge('service.yaml', '--pins', 'pins.json', '--check')
  expect(check).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining(`-              value: ${HASH}\n+              value: ${NEXT}\n`),
  })
  expect(check.stdout.startsWith('--- a/service.yaml\n+++ b/service.yaml\n@@ ')).toBe(true)
  expect(check.stderr).toContain(`service.yaml:18: would set LLM_DSPY_ARTIFACT_HASH to "${NEXT}"`)
  expect(manifest()).toBe(MANIFEST)
  expect(await converge('service.yaml', '--pins', 'pins.json')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(
      `service.yaml:18: set LLM_DSPY_ARTIFACT_HASH to "${NEXT}" (was "${HASH}")`,
    ),
  })
  expect(manifest()).toBe(CONVERGED)
  for (const flags of [[], ['--check']]) {
    expect(await converge('service.yaml', '--pins', 'pins.json', ...flags)).toMatchObject({ exitCode: 0 })
    expect(manifest()).toBe(CONVERGED)
  }
})

test('manifests converge --remove-deprecated takes a name out and prints what the running image will do', async () => {
  const { exitCode, stdout } = await converge('service.yaml', '--pins', 'pins.json', '--remove-deprecated')
  expect(exitCode).toBe(0)
  expect(stdout).toContain('will use its default "disabled": the live path of the reviewer is switched off')
  expect(stdout).toContain('the comment about it goes too: # Turned off by hand last week.')
  const gone =
    '            # Turned off by hand last week.\n' +
    '            - name: LLM_DSPY_RUNTIME_MODE\n              value: active\n'
  expect(manifest()).toBe(CONVERGED.replace(gone, ''))
})

test('manifests converge --json answers with one object, diffs included', async () => {
  const { exitCode, stdout } = await converge('service.yaml', '--pins', 'pins.json', '--check', '--json')
  expect(exitCode).toBe(1)
  const answer = JSON.parse(stdout) as {
    state: string
    files: { path: string; diff: string; changes: { name: string }[] }[]
  }
  expect(answer).toMatchObject({ state: 'drift', files: [{ path: 'service.yaml', changed: true }] })
  expect(answer.files[0]?.changes.map(({ name }) => name)).toEqual(['LLM_DSPY_ARTIFACT_HASH', 'LLM_MODEL'])
  expect(answer.files[0]?.diff).toContain(`+              value: ${NEXT}`)
})

test('manifests converge edits every file that is named', async () => {
  const other = MANIFEST.replace('name: torghut\n', 'name: torghut-sim\n')
  writeFileSync(join(folder, 'sim.yaml'), other)
  const both = { ...PINS, targets: [TARGET, { ...TARGET, name: 'torghut-sim' }] }
  writeFileSync(join(folder, 'pins.json'), JSON.stringify(both))
  expect(await converge('service.yaml', 'sim.yaml', '--pins', 'pins.json')).toMatchObject({ exitCode: 0 })
  expect(manifest()).toBe(CONVERGED)
  expect(readFileSync(join(folder, 'sim.yaml'), 'utf8')).toBe(
    CONVERGED.replace('name: torghut\n', 'name: torghut-sim\n'),
  )
})

test.each([
  ['what is not YAML', 'service.yaml', 'a: {\n', 'service.yaml:2: Cannot read this as YAML'],
  [
    'a tab',
    'service.yaml',
    MANIFEST.replace('  name: torghut', '\tname: torghut'),
    'service.yaml:4: Cannot read this as YAML',
  ],
  [
    'a key that is there twice',
    'service.yaml',
    MANIFEST.replace('  name: torghut\n', '  name: torghut\n  name: torghut\n'),
    'service.yaml:5: Cannot',
  ],
  [
    'a container nobody has',
    'service.yaml',
    MANIFEST.replace('user-container', 'other'),
    'service.yaml:1: Cannot find container "user-container"',
  ],
  ['an unreadable pins file', 'pins.json', '{\n  "targets": \n', 'pins.json:3: Cannot read the pins as JSON'],
  [
    'pins of the wrong shape',
    'pins.json',
    '{"targets": [],\n"env": {}}',
    'pins.json:1: Cannot use these pins: targets',
  ],
])(
  'manifests converge answers %s with one line and exit 2, and writes nothing',
  async (_what, name, content, line) => {
    writeFileSync(join(folder, name), content)
    const before = manifest()
    const { exitCode, stdout, stderr } = await converge('service.yaml', '--pins', 'pins.json')
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr.startsWith(`torghut: ${line}`), stderr).toBe(true)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(manifest()).toBe(before)
  },
)

interface Ended {
  exitCode: number
  stdout: string
  stderr: string
}

async function converge(...args: string[]): Promise<Ended> {
  return await new Promise((resolve) => {
    const command = [MAIN, 'converge', ...args]
    execFile(process.execPath, command, { cwd: folder, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}
