import { apiTarget } from '../api/api-client.ts'
import { checkApi } from './check-api.ts'
import { checkDatabase } from './check-database.ts'
import { checkEnvironment } from './check-environment.ts'
import { checkGateway } from './check-gateway.ts'
import { checkDataDir, checkNode, checkPostgres, embeddedState } from './check-machine.ts'
import type { Finding } from './finding.ts'

export interface DoctorOptions {
  env: NodeJS.ProcessEnv
  dataDir: string
  jangarUrl: string | undefined
  apiUrl: string
  /** Whether a person named the API; one that nobody named may be stopped. */
  apiNamed: boolean
}

/**
 * Looks at everything a stack needs, side by side, and changes nothing. Throws `CliError` for an address that is none.
 */
export async function runDoctor(options: DoctorOptions): Promise<Finding[]> {
  const { env, dataDir, jangarUrl, apiUrl, apiNamed } = options
  const { url } = apiTarget({ url: apiUrl })
  const embedded = await embeddedState(dataDir)
  const looks = [
    checkNode(),
    checkPostgres(env),
    checkDataDir(dataDir, embedded),
    checkDatabase(env, embedded),
    checkGateway(env, jangarUrl),
    checkApi(url, apiNamed),
  ]
  return [...checkEnvironment(env), ...(await Promise.all<Finding | Finding[]>(looks)).flat()]
}
