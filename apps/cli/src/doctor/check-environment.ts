import { accessSync, constants } from 'node:fs'

import { parseEnvironment } from '@torghut/contracts'

import { localDefaults } from '../stack/local-environment.ts'
import { note, ok, wrong, wrongSentence } from './finding.ts'
import type { Finding } from './finding.ts'

type Environment = Record<string, string | undefined>

const MISSING = / is required and not set$/

/**
 * Every problem of the environment, each with what to do. Names that are missing are wrong where nothing is started
 * for you (DATABASE_URL and JANGAR_BASE_URL are set); else `torghut up` fills them in, which is only noted.
 */
export function checkEnvironment(env: Environment): Finding[] {
  const problems = allProblems(env)
  const missing = problems.filter((problem) => MISSING.test(problem)).map(nameIn)
  const others = problems.filter((problem) => !MISSING.test(problem))
  const findings = [
    ...(missing.length === 0 ? [] : [missingNames(env, missing)]),
    ...others.map((problem) => wrongSentence('environment', problem)),
    ...keysFile(env),
  ]
  return findings.length === 0
    ? [ok('environment', `every name is usable, ${env['TRADING_MODE'] || 'paper'} mode`)]
    : findings
}

/** Settings are only compared once each is usable alone, so the unusable ones are replaced for a second look. */
function allProblems(env: Environment): string[] {
  const first = problemsOf(env)
  const kept = Object.entries(env).filter(([name]) => !first.some((problem) => nameIn(problem) === name))
  const given = Object.fromEntries(kept)
  const placeholders = { JANGAR_BASE_URL: 'http://127.0.0.1', DATABASE_URL: 'postgres://127.0.0.1/torghut' }
  const second = problemsOf({ ...placeholders, ...given, ...localDefaults(given as NodeJS.ProcessEnv) })
  return [...new Set([...first, ...second])]
}

function problemsOf(env: Environment): string[] {
  const parsed = parseEnvironment(env)
  return parsed.ok ? [] : parsed.problems
}

/** Each problem begins with the name it is about. */
function nameIn(problem: string): string {
  return /^[A-Z][A-Z0-9_]*/.exec(problem)?.[0] ?? ''
}

function missingNames(env: Environment, missing: string[]): Finding {
  if (env['DATABASE_URL'] && env['JANGAR_BASE_URL']) {
    return wrong(
      'environment',
      `not set: ${missing.join(', ')}`,
      'set them: the review API refuses to start without them',
    )
  }
  return note(
    'environment',
    `${missing.length} required names are not set`,
    'nothing for torghut up, which fills in local values; the review API alone needs them',
  )
}

function keysFile(env: Environment): Finding[] {
  const file = env['TORGHUT_API_KEYS_FILE']
  if (!file) return []
  try {
    accessSync(file, constants.R_OK)
    return []
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return [
      wrong(
        'environment',
        `TORGHUT_API_KEYS_FILE "${file}" cannot be read (${code})`,
        'name a file this user may read',
      ),
    ]
  }
}
