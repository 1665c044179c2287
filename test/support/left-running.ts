import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A marker every process of a stack inherits, so that a leftover can be found whatever it calls itself. */
export const marked = (dataDir: string) => ({ TORGHUT_TEST_MARK: dataDir })

/** Waits until no process of a data directory is left and returns those that stay for ten seconds (Linux). */
export async function leftRunning(dataDir: string): Promise<string[]> {
  for (let look = 0; look < 100 && processesOf(dataDir).length > 0; look += 1) await sleep(100)
  return processesOf(dataDir)
}

/** Command lines that name the directory or its database server, or whose environment has the mark. */
export function processesOf(dataDir: string): string[] {
  const names = [dataDir, ...serverNames(dataDir)]
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .map((pid) => ({ command: readOr(`/proc/${pid}/cmdline`), environment: readOr(`/proc/${pid}/environ`) }))
    .filter(
      ({ command, environment }) =>
        environment.includes(dataDir) || names.some((name) => command.includes(name)),
    )
    .map(({ command }) => command.replaceAll('\u0000', ' '))
}

/** The server's environment is bare and its path may be /proc/self/cwd, but it bears the cluster's name. */
function serverNames(dataDir: string): string[] {
  const file = join(dataDir, 'postgres', 'passwords.json')
  if (!existsSync(file)) return []
  const { clusterName } = JSON.parse(readFileSync(file, 'utf8')) as { clusterName: string }
  return [clusterName]
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
