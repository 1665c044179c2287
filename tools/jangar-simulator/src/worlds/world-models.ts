import type { Budget } from './ledger.ts'
import { answerAuthor } from './model/author-call.ts'
import type { PromptMessage } from './model/read-records.ts'
import { answerTask } from './model/task-call.ts'
import type { World } from './model/world.ts'
import { findOptionalWorld } from './model/world.ts'

const PREFIX = 'world-'
const AUTHOR_SUFFIX = '-author'

/** The worlds a simulated gateway serves, and what each key may spend on them. */
export interface WorldsOptions {
  names: readonly string[]
  budget: Budget
}

export type CallRole = 'task' | 'author'

/** The simulated model behind a name; null when the name is no world's. */
export function findOptionalWorldModel(model: string): { world: World; role: CallRole } | null {
  if (!model.startsWith(PREFIX)) return null
  const role = model.endsWith(AUTHOR_SUFFIX) ? 'author' : 'task'
  const name =
    role === 'author' ? model.slice(PREFIX.length, -AUTHOR_SUFFIX.length) : model.slice(PREFIX.length)
  const world = rememberedWorld(name)
  return world === null ? null : { world, role }
}

/** `world-mixed-1` and `world-mixed-1-author` for each name. */
export function worldModelNames(worlds: readonly string[]): string[] {
  return worlds.flatMap((name) => [`${PREFIX}${name}`, `${PREFIX}${name}${AUTHOR_SUFFIX}`])
}

/** What a world's model says to a prompt; the model's name decides whether it works or writes. */
export function answerWorld(
  { world, role }: { world: World; role: CallRole },
  messages: readonly PromptMessage[],
): string {
  return role === 'author' ? answerAuthor(world, messages) : answerTask(world, messages)
}

/** A benchmark asks the same few worlds again and again. */
const WORLDS_MAX = 64
const worlds = new Map<string, World>()

function rememberedWorld(name: string): World | null {
  const known = worlds.get(name) ?? findOptionalWorld(name)
  if (known === null) return null
  if (worlds.size >= WORLDS_MAX && !worlds.has(name)) worlds.clear()
  worlds.set(name, known)
  return known
}
