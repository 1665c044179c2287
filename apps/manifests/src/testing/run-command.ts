import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

/** How a run of the generator ended. */
export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs `manifests …` on a copy of the repository, as a process of its own. */
export function runManifests(root: string, ...words: string[]): Promise<Ended> {
  return runMain(...words, '--root', root)
}

/** Runs the generator with just these words, for at most a minute. */
export function runMain(...words: string[]): Promise<Ended> {
  const options = { env: { PATH: process.env['PATH'] ?? '' }, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr })
    })
  })
}
