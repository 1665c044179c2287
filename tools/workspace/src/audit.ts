import { execFile } from 'node:child_process'

import { readAuditAnswer } from './audit-answer.ts'

/** What a product installs, and findings from "high" on: development tools do not meet strangers' input. */
const AUDIT = ['audit', '--json', '--omit=dev', '--audit-level=high']

/** npm waits 5 min and asks three times by default: too patient for a registry that may not offer audits at all. */
const PATIENCE = ['--fetch-timeout=20000', '--fetch-retries=1', '--fetch-retry-mintimeout=1000']

/** Above what npm needs when its patience is spent. */
const TIMEOUT_MS = 120_000

const OUTPUT_MAX_BYTES = 32 * 1024 * 1024

/**
 * `node tools/workspace/src/audit.ts`, from the root. Exit codes: 0 nothing grave is known, or nobody could be asked
 * (a notice says so), 1 there are findings, 2 the audit itself failed.
 */
async function main(): Promise<number> {
  const { exitCode, output } = await runNpmAudit()
  const answer = readAuditAnswer(output)
  if (answer.kind === 'unavailable') {
    write(`audit: skipped, the registry offers no audit here (${answer.reason})`)
    return 0
  }
  if (answer.kind === 'failed') {
    write(`audit: ${answer.reason}`)
    return 2
  }
  for (const line of answer.lines) write(line)
  const worst = exitCode === 0 ? 'none above moderate' : 'high or critical among them'
  write(`audit: vulnerable packages: ${answer.lines.length}, ${worst}`)
  return exitCode === 0 ? 0 : 1
}

/** Runs the npm that runs us, else the one on PATH. */
async function runNpmAudit(): Promise<{ exitCode: number; output: string }> {
  const npm = process.env['npm_execpath']
  const [command, args] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
  const options = { timeout: TIMEOUT_MS, maxBuffer: OUTPUT_MAX_BYTES }
  return await new Promise((resolve) => {
    execFile(command, [...args, ...AUDIT, ...PATIENCE], options, (error, stdout) => {
      const output = error?.killed === true ? timedOut() : stdout
      resolve({ exitCode: error === null ? 0 : 1, output })
    })
  })
}

/** In the words npm has for it, so that there is one place where answers are judged. */
function timedOut(): string {
  return JSON.stringify({ message: `network timeout at: npm audit took over ${TIMEOUT_MS / 1000} s` })
}

function write(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
