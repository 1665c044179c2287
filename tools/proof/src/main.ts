import { ProofFailedError, ProofUsageError } from './errors.ts'
import { USAGE, parseFlags } from './flags.ts'
import { proofState } from './proof-state.ts'
import type { ProofState } from './proof-state.ts'
import { proofs } from './registry.ts'
import { resultPath } from './result-file.ts'
import { runPart } from './run-part.ts'
import { runProof } from './run-proof.ts'

/** How often a running proof says how long it has been at it. */
const HEARTBEAT_MS = 30_000

/** Run from the root. Exit codes: 0 ok, 1 the answer is no (a proof failed or is not current), 2 usage or error. */
async function main(argv: readonly string[]): Promise<number> {
  const command = parseFlags(argv)
  if (command.kind === 'run') return await prove(command.name)
  if (command.kind === 'help') {
    write(USAGE)
    return 0
  }
  const states = proofs.map((proof) => ({ proof, state: proofState(process.cwd(), proof) }))
  for (const { proof, state } of states) {
    write(`${proof.name}  (about ${proof.expectedMinutes} min)  ${describe(state)}`)
    write(`  ${proof.claim}`)
  }
  return command.kind === 'list' || states.every(({ state }) => state.state === 'current') ? 0 : 1
}

async function prove(name: string): Promise<number> {
  const proof = proofs.find((candidate) => candidate.name === name)
  const known = proofs.map((candidate) => candidate.name).join(', ')
  if (proof === undefined) throw new ProofUsageError(`Cannot find proof "${name}": there is ${known}`)
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort())
  const heartbeat = startHeartbeat(name)
  try {
    const result = await runProof(proof, {
      root: process.cwd(),
      now: () => new Date(),
      monotonicMs: () => performance.now(),
      signal: stopped.signal,
      say: write,
      runPart,
    })
    write(`${name}: proved in ${result.duration_seconds} s; commit ${resultPath('.', name)}`)
    return 0
  } finally {
    clearInterval(heartbeat)
  }
}

function startHeartbeat(name: string): NodeJS.Timeout {
  const startedMs = performance.now()
  const seconds = () => Math.round((performance.now() - startedMs) / 1000)
  return setInterval(() => write(`${name}: running for ${seconds()} s`), HEARTBEAT_MS)
}

function describe(state: ProofState): string {
  if (state.state === 'missing') return 'missing: never run to its end'
  if (state.state === 'unreadable') return `unreadable: ${state.reason}`
  const proved = `proved ${state.provedAt.slice(0, 10)}`
  return state.state === 'current' ? `current, ${proved}` : `STALE, ${proved}: ${state.reason}`
}

function write(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`proof: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof ProofFailedError ? 1 : 2
}
