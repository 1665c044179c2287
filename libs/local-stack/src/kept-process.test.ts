import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { ProcessNotStartedError } from './errors.ts'
import { spawnKept } from './kept-process.ts'
import type { KeptProcessOptions } from './kept-process.ts'
import { eventually, isRunning, pidIn, processesMentioning, runProgram } from './test-programs/watch.ts'

const onLinux = process.platform === 'linux'
const asRoot = process.getuid?.() === 0

/** Prints its own pid and that of a child, then waits; it ignores SIGTERM. */
const STUBBORN = `trap '' TERM; sleep 600 & echo "grandchild $!"; while :; do sleep 600; done`

function keep(script: string, options: Partial<KeptProcessOptions> = {}) {
  const lines: string[] = []
  const onStdoutLine = (line: string) => lines.push(line)
  const child = spawnKept({ name: 'test', command: '/bin/sh', args: ['-c', script], onStdoutLine, ...options })
  return { child, lines }
}

test('spawnKept() passes the exit code through', async () => {
  const { child } = keep('exit 7')
  expect(await child.exited).toEqual({ code: 7, signal: null })
})

test('spawnKept() reports the signal that ended the child', async () => {
  const { child } = keep('kill -s USR1 $$')
  expect(await child.exited).toEqual({ code: null, signal: 'SIGUSR1' })
})

test('spawnKept() reports a command that does not exist as 127 with the reason in its tail', async () => {
  const child = spawnKept({ name: 'test', command: '/nowhere/to/be-found' })
  expect((await child.exited).code).toBe(127)
  expect(child.stderrTail().join()).toContain('/nowhere/to/be-found')
})

test('spawnKept() throws when the working directory does not exist', () => {
  expect(() => spawnKept({ name: 'test', command: '/bin/sh', cwd: '/nowhere' })).toThrow(ProcessNotStartedError)
})

test('spawnKept() hands over input, arguments and environment unchanged', async () => {
  const { child, lines } = keep('cat; echo "$1|$FLAVOUR"', {
    args: ['-c', 'cat; echo "$1|$FLAVOUR"', 'sh', `a "b" $c 'd'`],
    env: { PATH: process.env['PATH'], FLAVOUR: 'plain' },
    input: 'first\nsecond\\n\n',
  })
  await child.exited
  expect(lines).toEqual(['first', 'second\\n', `a "b" $c 'd'|plain`])
})

test('spawnKept() gives the child an empty input unless told', async () => {
  const { child, lines } = keep('cat; echo done')
  await child.exited
  expect(lines).toEqual(['done'])
})

test('spawnKept() keeps the newest 40 lines of standard error', async () => {
  const heard: string[] = []
  const script = 'i=1; while [ $i -le 41 ]; do echo "line $i" >&2; i=$((i + 1)); done'
  const { child } = keep(script, { onStderrLine: (line) => heard.push(line) })
  await child.exited
  expect(heard).toHaveLength(41)
  expect(child.stderrTail()).toEqual(heard.slice(1))
})

test('stop() lets the child end by itself', async () => {
  const { child, lines } = keep(`trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done`)
  await eventually(() => lines.includes('ready'))
  await child.stop()
  expect(await child.exited).toEqual({ code: 3, signal: null })
  expect(lines).toEqual(['ready', 'bye'])
  await child.stop() // A second call finds nothing to do.
})

test('stop() sends the signal it is given', async () => {
  const { child, lines } = keep(`trap 'exit 5' INT; echo ready; while :; do sleep 0.05; done`)
  await eventually(() => lines.includes('ready'))
  await child.stop({ signal: 'SIGINT' })
  expect((await child.exited).code).toBe(5)
})

test('stop() kills a child that ignores the signal, and its group', async () => {
  const { child, lines } = keep(STUBBORN)
  const grandchild = pidIn(await eventually(() => lines[0]))
  expect(isRunning(grandchild)).toBe(true)
  await child.stop({ graceMs: 100 })
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
  await eventually(() => !isRunning(grandchild))
})

test('spawnKept() clears the group of a child that ends first', async () => {
  const { child, lines } = keep('sleep 600 >&- 2>&- & echo "grandchild $!"')
  await child.exited
  await eventually(() => !isRunning(pidIn(lines[0]!)))
})

test.runIf(onLinux)('spawnKept() leaves no keeper behind, whichever way the child ends', async () => {
  const name = randomUUID()
  const ending = keep('exit 0', { name })
  const stopped = keep('sleep 600', { name })
  expect(processesMentioning(name).length).toBeGreaterThan(0)
  await ending.child.exited
  await stopped.child.stop()
  expect(processesMentioning(name)).toEqual([])
})

test.runIf(onLinux)('spawnKept() ends the child and the keeper after kill -9 of the parent', async () => {
  const name = randomUUID()
  const parent = runProgram('hold-child.ts', name, 'echo ready; sleep 600')
  const child = pidIn(await parent.line('child pid'))
  await parent.line('ready')
  expect(isRunning(child)).toBe(true)
  process.kill(parent.pid, 'SIGKILL')
  await eventually(() => !isRunning(child) && processesMentioning(name).length === 0)
})

test.runIf(onLinux)('spawnKept() kills a stubborn child and its group after kill -9 of the parent', async () => {
  const name = randomUUID()
  const parent = runProgram('hold-child.ts', name, STUBBORN)
  const child = pidIn(await parent.line('child pid'))
  const grandchild = pidIn(await parent.line('grandchild'))
  process.kill(parent.pid, 'SIGKILL')
  await eventually(() => !isRunning(child) && !isRunning(grandchild) && processesMentioning(name).length === 0)
})

test('spawnKept() shields the child from a Ctrl-C meant for the parent', async () => {
  const script = `trap 'echo child got SIGINT' INT; echo ready; while :; do sleep 0.05; done`
  const parent = runProgram('hold-child.ts', 'test', script)
  const child = pidIn(await parent.line('child pid'))
  await parent.line('ready')
  process.kill(-parent.pid, 'SIGINT') // What a terminal does: the whole foreground group.
  await parent.line('parent got SIGINT')
  expect(isRunning(child)).toBe(true)
  process.kill(parent.pid, 'SIGTERM')
  await eventually(() => !isRunning(child))
  expect(parent.lines).not.toContain('child got SIGINT')
})

test.runIf(asRoot)('spawnKept() runs the child under another account without extra groups', async () => {
  const { child, lines } = keep('id -u; id -g; id -G', { uid: 65534, gid: 65534 })
  await child.exited
  expect(lines).toEqual(['65534', '65534', '65534'])
})
