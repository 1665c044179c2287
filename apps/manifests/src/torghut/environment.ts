import { EnvironmentSchema, isRefusedName, parseEnvironment } from '@torghut/contracts'
import type { EffectiveContract } from '@torghut/contracts'
import type { z } from 'zod'

import { ContractBrokenError } from '../errors.ts'
import type { DeployValues, SecretKey } from '../inputs/deploy-values.ts'
import type { Inputs } from '../inputs/read-values.ts'

/** The names a promotion or a person pins; they stand as literals in every container that reviews or compiles. */
export const PINNED_NAMES = [
  'JANGAR_BASE_URL',
  'LLM_DSPY_AGENTRUN_TTL_SECONDS',
  'LLM_DSPY_ARTIFACT_HASH',
  'LLM_DSPY_COMPILE_METRICS_POLICY_REF',
  'LLM_DSPY_PROGRAM_NAME',
  'LLM_DSPY_SECRET_BINDING_REF',
  'LLM_DSPY_SIGNATURE_VERSION',
  'LLM_DSPY_TIMEOUT_SECONDS',
  'LLM_MODEL',
] as const

/** Where the value of one name of the environment contract comes from in a manifest. */
export type EnvironmentEntry =
  | { name: string; from: 'literal'; value: string }
  | { name: string; from: 'secret'; ref: SecretKey }
  | { name: string; from: 'platform'; value: string }
  | { name: string; from: 'unset' }

/** Folder below which each secret file gets a folder of its own. */
export const SECRET_FILES_ROOT = '/etc/torghut/secrets'

/** Where a process keeps what waits for the database; a volume of its own, as large as the journal may grow. */
export const DATA_DIR = '/var/lib/torghut'

/** Stands for a secret where only its presence matters. A database URL must look like one. */
const SECRET_STAND_IN = 'postgres://secret@secret/secret'

/** Who runs the container: Knative sets PORT itself and refuses a manifest that does too. */
export type Platform = 'knative' | 'pod'

/**
 * One entry for every name of the environment contract, in code point order. Throws `ContractBrokenError` with every
 * problem at once: a required name without a source, a name nobody reads, or values the service would refuse to start
 * with.
 */
export function environmentEntries(
  { deploy, pins }: Inputs,
  port: number,
  platform: Platform,
): EnvironmentEntry[] {
  const unknown = unknownNames(deploy, pins.env)
  if (unknown.length > 0) throw new ContractBrokenError(unknown)
  const given = givenValues(deploy, pins.env, port)
  const problems: string[] = []
  const entries = environmentNames().map((name): EnvironmentEntry => {
    const ref = deploy.secrets[name]
    if (ref !== undefined) return { name, from: 'secret', ref }
    const value = given[name] ?? defaultOf(name)
    if (value === REQUIRED)
      problems.push(`${name} is required and neither pinned nor given as a setting or secret`)
    if (value === undefined || value === REQUIRED) return { name, from: 'unset' }
    return { name, from: name === 'PORT' && platform === 'knative' ? 'platform' : 'literal', value }
  })
  problems.push(
    ...PINNED_NAMES.filter((name) => pins.env[name] == null).map((name) => `${name} is not pinned`),
  )
  if (problems.length === 0) problems.push(...startProblems(entries))
  if (problems.length > 0) throw new ContractBrokenError([...new Set(problems)])
  return entries
}

/** The names of the contract, sorted by code point. */
export function environmentNames(): string[] {
  return Object.keys(EnvironmentSchema.shape).sort()
}

/**
 * What a container with these variables runs with, by the parser the service itself uses; `null` when it would refuse
 * to start. Secrets appear as set, never as a value.
 */
export function contractOf(variables: Readonly<Record<string, string | null>>): EffectiveContract | null {
  const parsed = parseEnvironment(withStandIns(variables))
  return parsed.ok ? parsed.environment.contract : null
}

function startProblems(entries: readonly EnvironmentEntry[]): string[] {
  const parsed = parseEnvironment(withStandIns(variablesOf(entries)))
  return parsed.ok ? [] : parsed.problems
}

/** Names and values as a process would find them; null for a secret. */
export function variablesOf(entries: readonly EnvironmentEntry[]): Record<string, string | null> {
  return Object.fromEntries(
    entries.flatMap((entry) => {
      if (entry.from === 'unset') return []
      return [[entry.name, entry.from === 'secret' ? null : entry.value]]
    }),
  )
}

function withStandIns(variables: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value ?? SECRET_STAND_IN]),
  )
}

/** Values in order of their right: what is pinned, what the platform decides, what the deployment sets. */
function givenValues(
  deploy: DeployValues,
  pinned: Inputs['pins']['env'],
  port: number,
): Record<string, string> {
  const files = Object.entries(deploy.secretFiles).map(([name, { secret, key }]) => [
    name,
    `${SECRET_FILES_ROOT}/${secret}/${key}`,
  ])
  const { image } = deploy
  return {
    ...deploy.settings,
    ...Object.fromEntries(files),
    HOST: '0.0.0.0',
    TORGHUT_DATA_DIR: DATA_DIR,
    // The folder is an emptyDir: calling it persistent would let live trade on a journal that ends with its pod.
    TORGHUT_STORAGE: 'ephemeral',
    PORT: port.toString(),
    TRADING_MODE: deploy.tradingMode,
    TORGHUT_IMAGE_DIGEST: image.digest,
    ...(image.gitSha === null ? {} : { TORGHUT_GIT_SHA: image.gitSha }),
    ...Object.fromEntries(
      Object.entries(pinned).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
  }
}

/** Names that settings cannot choose: another input or the generator itself does. */
const DECIDED_ELSEWHERE = [
  'HOST',
  'PORT',
  'TORGHUT_DATA_DIR',
  'TORGHUT_GIT_SHA',
  'TORGHUT_IMAGE_DIGEST',
  'TORGHUT_STORAGE',
  'TRADING_MODE',
  ...PINNED_NAMES,
]

/** The owner's URL of the database: the migrations Job reads it, no service does. */
export const MIGRATION_URL_NAME = 'DATABASE_MIGRATION_URL'

function unknownNames(
  { settings, secrets, secretFiles }: DeployValues,
  pinned: Inputs['pins']['env'],
): string[] {
  const known = new Set(environmentNames())
  const groups = [Object.keys(settings), Object.keys(secrets), Object.keys(secretFiles), setNames(pinned)]
  const twice = groups.flat().filter((name, index, all) => all.indexOf(name) !== index)
  const unread = groups.flat().filter((name) => !known.has(name) && name !== MIGRATION_URL_NAME)
  return [
    ...unread.map(
      (name) =>
        `${name} is ${isRefusedName(name) ? 'refused at start' : 'not a name of the environment contract'}`,
    ),
    ...Object.keys(settings)
      .filter((name) => DECIDED_ELSEWHERE.includes(name))
      .map((name) => `${name} is no setting: it is pinned or written by the generator`),
    ...[...Object.keys(settings), ...Object.keys(secretFiles)]
      .filter((name) => pinned[name] === null)
      .map((name) => `${name} is pinned to be absent and given all the same`),
    ...twice.map((name) => `${name} is given twice`),
    ...(secrets[MIGRATION_URL_NAME] === undefined
      ? [`${MIGRATION_URL_NAME} needs a secret: the migrations Job reads it`]
      : []),
  ]
}

function setNames(pinned: Inputs['pins']['env']): string[] {
  return Object.keys(pinned).filter((name) => pinned[name] !== null)
}

const REQUIRED = Symbol('required')

/** The schema's default as it is spelled in an environment; undefined when the name may be absent. */
function defaultOf(name: string): string | undefined | typeof REQUIRED {
  const shape: Record<string, z.ZodType> = EnvironmentSchema.shape
  const parsed = shape[name]?.safeParse(undefined)
  if (parsed?.success !== true) return REQUIRED
  return parsed.data === undefined ? undefined : String(parsed.data)
}
