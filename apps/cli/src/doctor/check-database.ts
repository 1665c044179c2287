import { SchemaMismatchError, openStore } from '@torghut/artifact-store'
import type { PostgresState } from '@torghut/local-stack'

import { databaseAdvice } from '../stack/database.ts'
import { note, ok, wordsOf, wrong, wrongSentence } from './finding.ts'
import type { Finding } from './finding.ts'

const CONNECT_TIMEOUT_MS = 3_000

/** The database the stack would use: reachable, with which role, at which migrations. */
export async function checkDatabase(env: NodeJS.ProcessEnv, embedded: PostgresState): Promise<Finding[]> {
  const { DATABASE_URL: given, DATABASE_MIGRATION_URL: ownerUrl } = env
  const live = env['TRADING_MODE'] === 'live'
  const findings = given
    ? await lookAt('DATABASE_URL', given, (role) => judgeApplicationRole(role, live))
    : await lookAtEmbedded(embedded, live)
  if (!ownerUrl) return findings
  return [...findings, ...(await lookAt('DATABASE_MIGRATION_URL', ownerUrl, judgeOwnerRole))]
}

async function lookAtEmbedded(embedded: PostgresState, live: boolean): Promise<Finding[]> {
  if (embedded.state === 'running') {
    return lookAt('embedded database', embedded.urls.application, (role) => judgeApplicationRole(role, live))
  }
  const found = embedded.state === 'absent' ? 'not made yet' : 'made, not running'
  return [note('embedded database', found, 'nothing: torghut up starts it')]
}

interface Role {
  name: string
  isSuperuser: boolean
  ownsTables: boolean
}

type JudgeRole = (role: Role) => Omit<Finding, 'check'>

async function lookAt(check: string, url: string, judge: JudgeRole): Promise<Finding[]> {
  try {
    const store = await openStore({
      applicationUrl: url,
      applicationName: 'torghut-doctor',
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    })
    const { role } = store
    await store.close()
    return [ok(check, 'reachable, every migration is applied'), { check, ...judge(role) }]
  } catch (error) {
    if (error instanceof SchemaMismatchError)
      return [ok(check, 'reachable'), wrongSentence(check, error.message)]
    const advice = databaseAdvice(error, check)
    if (advice !== null) return [wrongSentence(check, advice)]
    return [wrong(check, wordsOf(error), 'start PostgreSQL, or correct the URL')]
  }
}

function judgeApplicationRole({ name, isSuperuser, ownsTables }: Role, live: boolean): Omit<Finding, 'check'> {
  if (!isSuperuser && !ownsTables) return { state: 'ok', found: `role "${name}" owns nothing`, advice: null }
  const found = `role "${name}" is a superuser or owns the tables`
  return {
    state: live ? 'wrong' : 'note',
    found,
    advice: 'use the application role: live refuses to start with this one',
  }
}

function judgeOwnerRole({ name, ownsTables }: Role): Omit<Finding, 'check'> {
  if (ownsTables) return { state: 'ok', found: `role "${name}" owns the tables`, advice: null }
  return {
    state: 'wrong',
    found: `role "${name}" does not own the tables`,
    advice: 'give the URL of the role that owns them',
  }
}
