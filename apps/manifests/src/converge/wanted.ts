import { DEPRECATED_NAMES } from '@torghut/contracts'
import type { PinsFile } from '@torghut/contracts'

/** The names the service cannot start without, and its optional key, in the order they are written. */
export const CONTRACT_NAMES: readonly string[] = [
  'JANGAR_BASE_URL',
  'JANGAR_API_KEY',
  'LLM_MODEL',
  'LLM_DSPY_ARTIFACT_HASH',
  'LLM_DSPY_PROGRAM_NAME',
  'LLM_DSPY_SIGNATURE_VERSION',
  'LLM_DSPY_TIMEOUT_SECONDS',
  'LLM_DSPY_COMPILE_METRICS_POLICY_REF',
  'LLM_DSPY_SECRET_BINDING_REF',
  'LLM_DSPY_AGENTRUN_TTL_SECONDS',
]

/** Names whose values must agree with the model. */
export const MODEL_NAME = 'LLM_MODEL'
export const MODEL_LOCK = 'LLM_MODEL_VERSION_LOCK'
export const MODEL_LIST = 'LLM_ALLOWED_MODELS'

/** What a container must say: a name with its value, or null for a name that must not be there. */
export type Wanted = ReadonlyMap<string, string | null>

/** The pins in one order, whatever the order of the file; deprecated names join them when asked. */
export function wantedOf({ env }: Pick<PinsFile, 'env'>, removeDeprecated: boolean): Wanted {
  const deprecated = removeDeprecated
    ? Object.keys(DEPRECATED_NAMES).map((name) => [name, null] as const)
    : []
  const all = new Map<string, string | null>([...deprecated, ...Object.entries(env)])
  const names = [...all.keys()].toSorted((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
  return new Map(names.map((name) => [name, all.get(name) ?? null]))
}

/** Contract names first and in their order, others after them by code unit. */
function rankOf(name: string): number {
  const index = CONTRACT_NAMES.indexOf(name)
  return index === -1 ? CONTRACT_NAMES.length : index
}

/** Names a reader of manifests must not leave out. */
export function namesToRead(wanted: Wanted): (name: string) => boolean {
  const used = [...wanted.values()].flatMap((value) => (value === null ? [] : namesUsedIn(value)))
  const others = [...Object.keys(DEPRECATED_NAMES), MODEL_LOCK, MODEL_LIST, 'TORGHUT_IMAGE_DIGEST']
  const names = new Set([...wanted.keys(), ...used, ...CONTRACT_NAMES, ...others])
  return (name) => names.has(name)
}

/** The names a value takes from entries above it with `$(NAME)`; `$$(NAME)` is text. */
export function namesUsedIn(value: string): string[] {
  return [...value.matchAll(/\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g)].flatMap(([, name]) =>
    name === undefined ? [] : [name],
  )
}

/** Names whose values are secrets by convention; a reference to one has another ending, such as `_REF`. */
export function isSecretName(name: string): boolean {
  return /_(API_KEY|KEY|PASSWORD|PASSPHRASE|SECRET|TOKEN|DSN|CREDENTIALS)$/.test(name)
}
