import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { ProcessNotStartedError, ProcessNotStoppedError } from './errors.ts'
import { LineTail, readLines } from './lines.ts'
import { within } from './within.ts'

/** How long a process may take to stop by itself before it is killed. */
const GRACE_MS = 5_000
/** How long a killed process may take to disappear, and a dead one to hand over its last output. */
const SETTLE_MS = 5_000
/** Lines of standard error kept for error messages. */
const STDERR_TAIL_LINES = 40

export type ExitStatus = { code: number | null; signal: NodeJS.Signals | null }

export type KeptProcessOptions = {
  /** What people call it in messages. */
  name: string
  command: string
  args?: readonly string[]
  env?: NodeJS.ProcessEnv
  /** Entered before the account changes, so it may lie where the account could not walk to. */
  cwd?: string
  uid?: number
  gid?: number
  /** Becomes the child's whole standard input, which is empty otherwise. */
  input?: string
  onStdoutLine?: (line: string) => void
  onStderrLine?: (line: string) => void
  /** An open file that takes both outputs as they are; the line callbacks and the tail then stay silent. */
  outputFd?: number
  /** The signal that asks the child to stop, also when we die. SIGTERM unless told. */
  stopSignal?: NodeJS.Signals
  /** Time between that signal and SIGKILL. 5,000 unless told. */
  graceMs?: number
}

export type KeptProcess = {
  readonly name: string
  readonly pid: number
  /** Resolves once the child is gone and its output is read; never rejects. A command not found exits with 127. */
  readonly exited: Promise<ExitStatus>
  /** Asks, waits, then kills the child with its process group; resolves when nothing of it is left. Repeatable. */
  stop(options?: { signal?: NodeJS.Signals; graceMs?: number }): Promise<void>
  /** The newest 40 lines of standard error. */
  stderrTail(): string[]
}

/**
 * Starts a child that ends when this process ends, `kill -9` included, and that Ctrl-C does not reach directly.
 * Throws ProcessNotStartedError when the system refuses the working directory, the account or the shell.
 */
export function spawnKept(options: KeptProcessOptions): KeptProcess {
  const cwd = options.cwd ?? process.cwd()
  const keeper = process.platform === 'win32' ? undefined : startKeeper(options)
  const child = startChild(options, cwd)
  if (child.pid === undefined) {
    keeper?.release()
    throw new ProcessNotStartedError(options.name, options.command, cwd)
  }
  keeper?.guard(child.pid)
  openGate(child, options.input)
  return describeChild(child, child.pid, options, keeper)
}

/**
 * Waits for a line before it becomes the command: the keeper learns the pid first, so no kill of ours can come
 * between the two. When we die too early the line never comes, and neither does the command.
 */
const GATE_SCRIPT = 'read -r opened || exit 1\nexec "$@"'

/**
 * Reads the pid to guard, then waits for a farewell. End of input without one means that we are dead. The process
 * alone is asked to stop (PostgreSQL's own children take signals differently), its group is killed at the end.
 */
const KEEPER_SCRIPT = `
read -r pid || exit 0
read -r farewell && exit 0
kill -s "$1" "$pid" 2>/dev/null
ticks=0
while [ "$ticks" -lt "$2" ] && kill -0 "$pid" 2>/dev/null; do
  sleep 0.1 2>/dev/null || sleep 1
  ticks=$((ticks + 1))
done
kill -s KILL -- "-$pid" 2>/dev/null
exit 0`

type Keeper = { guard(pid: number): void; release(): void; gone: Promise<unknown> }

function startKeeper({ name, stopSignal = 'SIGTERM', graceMs = GRACE_MS }: KeptProcessOptions): Keeper {
  const args = ['-c', KEEPER_SCRIPT, 'torghut-keeper', stopSignal.slice(3), String(Math.ceil(graceMs / 100)), name]
  const shell = spawn('/bin/sh', args, { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const gone = shell.pid === undefined ? Promise.resolve() : new Promise((resolve) => shell.once('exit', resolve))
  shell.on('error', ignore) // Without a shell the child cannot start either, and that is reported.
  shell.stdin.on('error', ignore) // Someone killed the keeper: the child lives on unguarded.
  return {
    guard: (pid) => shell.stdin.write(`${pid}\n`),
    release: () => shell.stdin.end('farewell\nfarewell\n'),
    gone,
  }
}

function startChild(options: KeptProcessOptions, cwd: string): ChildProcess {
  const { command, args = [], env = process.env, uid, gid, outputFd } = options
  const output = outputFd ?? 'pipe'
  const stdio: StdioOptions = ['pipe', output, output]
  const account = { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) }
  // Not tried on Windows: there is neither gate nor keeper, the child only dies with an orderly exit of ours.
  const child =
    process.platform === 'win32'
      ? spawn(command, args, { cwd, env, stdio, windowsHide: true })
      : spawn('/bin/sh', ['-c', GATE_SCRIPT, 'torghut-gate', command, ...args], {
          ...account,
          cwd,
          env,
          stdio,
          detached: true,
        })
  child.on('error', ignore) // The missing pid tells the same story synchronously.
  return child
}

/** `read` takes single bytes from a pipe, so the input behind the first line reaches the command untouched. */
function openGate(child: ChildProcess, input = ''): void {
  child.stdin?.on('error', ignore) // The child may end without reading its input.
  child.stdin?.end(process.platform === 'win32' ? input : `open\n${input}`)
}

function describeChild(
  child: ChildProcess,
  pid: number,
  { name, stopSignal = 'SIGTERM', graceMs: usualGraceMs = GRACE_MS, onStdoutLine, onStderrLine }: KeptProcessOptions,
  keeper: Keeper | undefined,
): KeptProcess {
  const tail = new LineTail(STDERR_TAIL_LINES)
  if (child.stdout) readLines(child.stdout, (line) => onStdoutLine?.(line))
  if (child.stderr) {
    readLines(child.stderr, (line) => {
      tail.push(line)
      onStderrLine?.(line)
    })
  }
  const exited = finish(child, pid, keeper)
  const stop: KeptProcess['stop'] = async ({ signal = stopSignal, graceMs = usualGraceMs } = {}) => {
    child.kill(signal)
    if (!(await within(exited, graceMs))) killGroup(pid)
    if (!(await within(exited, SETTLE_MS))) throw new ProcessNotStoppedError(name, pid)
  }
  return { name, pid, exited, stop, stderrTail: () => tail.lines }
}

/** The story of an end: clear the group, send the keeper home, let the last output arrive, report. */
async function finish(child: ChildProcess, pid: number, keeper: Keeper | undefined): Promise<ExitStatus> {
  const killWithUs = () => child.kill()
  if (!keeper) process.once('exit', killWithUs)
  const closed = new Promise((resolve) => child.once('close', resolve))
  const status = await new Promise<ExitStatus>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  process.removeListener('exit', killWithUs)
  killGroup(pid)
  keeper?.release()
  await within(Promise.all([closed, keeper?.gone]), SETTLE_MS) // A stray descendant may hold the output open.
  return status
}

/** The child leads its own process group; members that outlive it are nobody's any more. */
function killGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // Nothing is left to kill.
  }
}

function ignore(): void {}
