import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** Runs a program in an empty environment to its end. */
export async function runProgram(command: string, args: readonly string[]): Promise<{ code: number | null; stdout: string }> {
  const child = spawn(command, args, { env: {}, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const stdout = await text(child.stdout)
  return { code: await exited, stdout }
}
