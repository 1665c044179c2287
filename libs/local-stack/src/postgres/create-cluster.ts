import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { escapeLiteral } from 'pg'
import type pg from 'pg'
import { PostgresSetupError } from '../errors.ts'
import { freePort } from '../free-port.ts'
import { spawnKept } from '../kept-process.ts'
import { LineTail } from '../lines.ts'
import { within } from '../within.ts'
import { dataDirArgument, giveTo } from './account.ts'
import type { ServerAccount } from './account.ts'
import type { PostgresBinaries } from './binaries.ts'
import { buildBeside } from './build-beside.ts'
import type { PostgresHome, Secrets } from './home.ts'
import { serverEnv, startServer, withClient } from './server.ts'

/** initdb takes half a second on an idle machine. */
const INITDB_LIMIT_MS = 60_000
const OUTPUT_TAIL_LINES = 20

/** The database everything lives in, and the three roles that may connect to it. */
export const DATABASE = 'torghut'
export const ROLES = { owner: 'torghut_owner', application: 'torghut_app', approver: 'torghut_approver' } as const

/**
 * Makes the cluster with its roles and database. It appears under its final name only when all of it is done and the
 * server that did it has stopped cleanly; a kill at any moment leaves nothing a later start could mistake for it.
 */
export async function createCluster(
  home: PostgresHome,
  binaries: PostgresBinaries,
  account: ServerAccount,
  signal?: AbortSignal,
): Promise<void> {
  await buildBeside(home.clusterDir, async (yard) => {
    const clusterDir = join(yard, 'cluster')
    await initialise(yard, clusterDir, { secrets: home.secrets, binaries, account, signal })
    await addDatabase(clusterDir, home, binaries, account, signal)
    return clusterDir
  })
}

interface InitPlan {
  secrets: Secrets
  binaries: PostgresBinaries
  account: ServerAccount
  signal: AbortSignal | undefined
}

async function initialise(yard: string, clusterDir: string, plan: InitPlan): Promise<void> {
  const { secrets, binaries, account } = plan
  plan.signal?.throwIfAborted()
  await mkdir(clusterDir, { mode: 0o700 })
  await writeFile(join(yard, 'first-password'), secrets.superuser, { mode: 0o600 })
  await giveTo(account, yard)
  const output = new LineTail(OUTPUT_TAIL_LINES)
  const initdb = spawnKept({
    name: 'initdb',
    command: binaries.initdb,
    args: ['-D', await dataDirArgument(clusterDir, account), ...INITDB_OPTIONS],
    cwd: clusterDir,
    env: serverEnv(),
    ...account,
    onStdoutLine: (line) => output.push(line),
    onStderrLine: (line) => output.push(line),
    graceMs: 0, // What is half-built is thrown away, so there is nothing to wait for.
  })
  const callOff = () => void initdb.stop().catch(() => undefined) // A process that cannot be killed outlives any error.
  plan.signal?.addEventListener('abort', callOff)
  const inTime = await within(initdb.exited, INITDB_LIMIT_MS)
  plan.signal?.removeEventListener('abort', callOff)
  if (!inTime) await initdb.stop()
  const { code, signal } = await initdb.exited
  if (code !== 0) throw new PostgresSetupError(`initdb ended with ${signal ?? `exit code ${code}`}`, output.lines)
}

/** The built-in C.UTF-8 sorts by code point, the same on every machine and after every upgrade of its libraries. */
const INITDB_OPTIONS = [
  '--username=postgres',
  '--pwfile=../first-password',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--data-checksums',
]

async function addDatabase(
  clusterDir: string,
  { logFile, secrets }: PostgresHome,
  { postgres }: PostgresBinaries,
  account: ServerAccount,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { superuser: superuserPassword, clusterName } = secrets
  const port = await freePort()
  const plan = { postgres, clusterDir, clusterName, logFile, port, account, superuserPassword, signal }
  const server = await startServer(plan)
  try {
    await withClient({ port, superuserPassword }, 'postgres', (client) => runAll(client, databaseStatements(secrets)))
    await withClient({ port, superuserPassword }, DATABASE, (client) => runAll(client, schemaStatements()))
  } catch (cause) {
    throw new PostgresSetupError('the roles and the database were refused', [String(cause)], cause)
  } finally {
    await server.stop()
  }
}

async function runAll(client: pg.Client, statements: string[]): Promise<void> {
  for (const statement of statements) await client.query(statement)
}

/** By default everybody may connect to every database and use its temporary schema; here only the three may. */
function databaseStatements(secrets: Secrets): string[] {
  const createRole = (role: string, password: string) =>
    `create role ${role} login nosuperuser nocreatedb nocreaterole noreplication password ${escapeLiteral(password)}`
  return [
    createRole(ROLES.owner, secrets.owner),
    createRole(ROLES.application, secrets.application),
    createRole(ROLES.approver, secrets.approver),
    `create database ${DATABASE} owner ${ROLES.owner}`,
    `revoke all on database ${DATABASE}, postgres, template1 from public`,
    `grant connect on database ${DATABASE} to ${Object.values(ROLES).join(', ')}`,
  ]
}

function schemaStatements(): string[] {
  return [
    `alter schema public owner to ${ROLES.owner}`,
    'revoke all on schema public from public',
    `grant usage on schema public to ${ROLES.application}, ${ROLES.approver}`,
  ]
}
