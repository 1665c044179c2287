import type { ArtifactNode } from '@torghut/contracts'

/** Where a node's predictor stands in a saved program: its id, and below it the predictor a chain of thought wraps. */
export function predictorPath({ id, call_pattern: pattern }: Pick<ArtifactNode, 'id' | 'call_pattern'>): string {
  return pattern === 'chain_of_thought' ? `${id}.predict` : id
}

/** The prefix DSPy makes of a field's name: words apart, capitalised, acronyms kept, a colon behind. */
export function defaultPrefix(name: string): string {
  const spaced = name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([a-zA-Z])(\d)/g, '$1_$2')
    .replace(/(\d)([a-zA-Z])/g, '$1_$2')
  return `${spaced.split('_').map(capitalised).join(' ')}:`
}

/** The description DSPy gives a field nobody described. */
export function defaultDescription(name: string): string {
  return `\${${name}}`
}

function capitalised(word: string): string {
  const isAcronym = /[A-Z]/.test(word) && word === word.toUpperCase()
  return isAcronym ? word : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
}
