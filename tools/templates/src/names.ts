import { TemplateRefusedError } from './errors.ts'

/** As folders, package names and gate names all allow it; kebab-case, like every file of ours. */
const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** Longest name: import lines stay readable, and it fits wherever a label of at most 63 characters is built from it. */
const NAME_LENGTH_MAX = 40

/** The spellings of one name. */
export interface Names {
  kebab: string
  pascal: string
  snake: string
}

/** Spells a kebab-case name in every way a template needs it; throws `TemplateRefusedError`. */
export function spellName(name: string): Names {
  const shown = JSON.stringify(name.slice(0, NAME_LENGTH_MAX))
  if (name.length > NAME_LENGTH_MAX) {
    throw new TemplateRefusedError(`Cannot use a name longer than ${NAME_LENGTH_MAX} characters: ${shown} and more`)
  }
  if (!KEBAB_CASE.test(name)) {
    throw new TemplateRefusedError(`Cannot use ${shown} as a name: expected kebab-case, such as "tick-size"`)
  }
  const words = name.split('-')
  const pascal = words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join('')
  return { kebab: name, pascal, snake: words.join('_') }
}
