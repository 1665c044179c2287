import type { EnvEntry, EnvList } from './env-entries.ts'
import { entryText } from './env-entries.ts'
import { lineOf, pairOf, refusal } from './manifest.ts'
import type { Warning } from './plan.ts'
import { MODEL_LIST, MODEL_LOCK, MODEL_NAME } from './wanted.ts'
import type { Wanted } from './wanted.ts'
import type { Container } from './workload.ts'

/**
 * Adds what must agree with a pinned model, where a container has it and no pin speaks about it: the lock
 * names the model, and in the list of allowed models the new one takes the place of the old one, or joins it.
 */
export function coupledPins(
  container: Container,
  env: EnvList,
  wanted: Wanted,
): { wanted: Wanted; warnings: readonly Warning[] } {
  const model = wanted.get(MODEL_NAME)
  if (model === undefined || model === null) return { wanted, warnings: warningsOf(container, env) }
  const { manifest, document } = container.object
  const coupled = new Map(wanted)
  const former = env.entries.find(({ name }) => name === MODEL_NAME)
  const old = former === undefined ? null : entryText(manifest, document, former)
  for (const entry of env.entries) {
    if (![MODEL_LOCK, MODEL_LIST].includes(entry.name) || wanted.has(entry.name)) continue
    if (pairOf(entry.node, 'valueFrom') !== undefined) {
      throw refusal(
        manifest,
        entry.node,
        `Cannot pin ${MODEL_NAME}: ${entry.name} must agree and takes its value from elsewhere`,
      )
    }
    const text = entryText(manifest, document, entry) ?? ''
    if (text.trim() === '') continue // Nothing is locked, or everything is allowed.
    if (entry.name === MODEL_LOCK && !text.includes(model))
      coupled.set(MODEL_LOCK, lockWith(text, old, model))
    if (entry.name === MODEL_LIST && !modelsIn(text).includes(model))
      coupled.set(MODEL_LIST, listWith(text, old, model))
  }
  return { wanted: coupled, warnings: [] }
}

function modelsIn(list: string): string[] {
  return list.split(',').map((model) => model.trim())
}

/** A lock is free text that names the model; only the model in it changes. */
function lockWith(lock: string, old: string | null, model: string): string {
  return old !== null && old !== '' && lock.includes(old) ? lock.replace(old, () => model) : model
}

/** Spaces around the commas stay as they are. */
function listWith(list: string, old: string | null, model: string): string {
  const models = list.split(',')
  const at = models.findIndex((item) => item.trim() === old)
  if (at === -1) return `${list},${model}`
  const replaced = models[at]?.replace(old ?? '', () => model) ?? model
  return models.with(at, replaced).join(',')
}

/** Without a pin for the model nothing is changed, but a contradiction is said. */
function warningsOf({ object: { manifest, document } }: Container, { entries }: EnvList): Warning[] {
  const text = (wanted: string): [EnvEntry, string] | null => {
    const entry = entries.find(({ name }) => name === wanted)
    const value = entry === undefined ? null : entryText(manifest, document, entry)
    return entry === undefined || value === null || value.trim() === '' ? null : [entry, value]
  }
  const model = text(MODEL_NAME)
  if (model === null) return []
  const [lock, list] = [text(MODEL_LOCK), text(MODEL_LIST)]
  const agrees = (found: [EnvEntry, string] | null, models: (value: string) => string[]) =>
    found === null || models(found[1]).includes(model[1])
  const wrong = [
    agrees(lock, (value) => (value.includes(model[1]) ? [model[1]] : [])) ? null : lock,
    agrees(list, modelsIn) ? null : list,
  ]
  return wrong.flatMap((found) => {
    if (found === null) return []
    const line = lineOf(manifest, found[0].node.range?.[0] ?? 0)
    return [{ path: manifest.path, line, text: `${found[0].name} does not agree with ${MODEL_NAME}` }]
  })
}
