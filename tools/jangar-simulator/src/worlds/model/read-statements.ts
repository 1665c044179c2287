import { remembering } from './remember.ts'
import type { Token } from './tokens.ts'
import { asValue, tokensOf } from './tokens.ts'
import type { Condition, Rule, World } from './world.ts'

/** What one sentence says of a step: under these conditions, this word or the mark. */
export interface Statement extends Rule {
  step: number
}

/** More conditions than this are a record, not a rule. */
const CONDITIONS_MAX = 3

/** A sentence with more rules than this is a heap of keywords. */
const RULES_PER_SENTENCE_MAX = 2

/**
 * The statements of a text: conditions and effect in one sentence, not negated, whatever the wording
 * and the order of the two. Heaps of words and lists of choices state nothing.
 */
export const readStatements = remembering((world: World, text: string): readonly Statement[] =>
  sentencesOf(world, text)
    .filter((sentence) => !NEGATION.test(plainly(sentence)))
    .flatMap((sentence) => statementsOf(world, tokensOf(world, sentence))),
)

/** Whether a text insists on the layout of the answer, in any of the usual words. */
export function stressesLayout(text: string): boolean {
  return LAYOUT.test(text)
}

const LAYOUT =
  /\b(exactly|strictly|precisely|verbatim|nothing (else|more)|no other (text|word)|only the|word for word)\b/i

const NEGATION = /\b(not|never|no|cannot|\w+n't|avoid|wrong|incorrect|unless|except|without)\b/

/** "Do not forget to answer x" is no negation. */
function plainly(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/\b(do not|don't|never) (forget|fail|hesitate)\b|\bnot only\b|\bno matter\b/g, ' ')
}

/** Ends at a stop, a list item or an empty line; a line that states something alone is a sentence too. */
function sentencesOf(world: World, text: string): string[] {
  return text.split(/[.!?;](?=\s|$)|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)/).flatMap((sentence) => {
    const lines = sentence.split('\n')
    if (lines.length === 1) return lines
    const alone = lines.some((line) => statementsOf(world, tokensOf(world, line)).length > 0)
    return alone ? lines : [lines.join(' ')]
  })
}

function statementsOf(world: World, tokens: readonly Token[]): Statement[] {
  const sorted = withConditions(world, tokens)
  const clauses = clausesOf(sorted)
  if (clauses.length === 0 || clauses.length > RULES_PER_SENTENCE_MAX) return []
  const sound = clauses.every(({ conditions, effects }) => {
    return conditions.length >= 1 && conditions.length <= CONDITIONS_MAX && isOneAnswer(effects)
  })
  return sound ? clauses.flatMap((clause) => statementsIn(world, clause)) : []
}

/** Beside a last step's answer, the answer of the step before is a condition. */
function withConditions(world: World, tokens: readonly Token[]): Token[] {
  const final = world.steps.length - 1
  const hasFinal = tokens.some(
    (token) => token.kind === 'mark' || (token.kind === 'output' && token.step === final),
  )
  return tokens.map((token) =>
    token.kind === 'output' && token.step < final && hasFinal ? asValue(token.word) : token,
  )
}

interface Clause {
  conditions: Condition[]
  effects: Exclude<Token, { kind: 'value' }>[]
}

/** Conditions belong to the effect behind them, or to the one before when the sentence opens with it. */
function clausesOf(tokens: readonly Token[]): Clause[] {
  const effectFirst = tokens[0]?.kind !== 'value'
  const clauses: Clause[] = []
  let opens: 'value' | 'effect' | null = null
  for (const token of tokens) {
    const kind = token.kind === 'value' ? 'value' : 'effect'
    if (opens !== kind && (kind === 'effect') === effectFirst) clauses.push({ conditions: [], effects: [] })
    opens = kind
    const clause = clauses.at(-1)
    if (token.kind !== 'value') clause?.effects.push(token)
    else clause?.conditions.push({ slot: token.slot, value: token.value })
  }
  return clauses
}

/** One word at most, named as often as one likes, and the mark. */
function isOneAnswer(effects: Clause['effects']): boolean {
  const words = new Set(effects.flatMap((token) => (token.kind === 'output' ? [token.word] : [])))
  return effects.length > 0 && words.size <= 1
}

/** The mark belongs to the last step. */
function statementsIn(world: World, { conditions, effects }: Clause): Statement[] {
  const word = effects.find((token) => token.kind === 'output')
  const mark = effects.some(({ kind }) => kind === 'mark')
  const step = word?.step ?? 0
  const worded: Statement[] = word === undefined ? [] : [{ step, conditions, effect: word.word }]
  return mark ? [...worded, { step: world.steps.length - 1, conditions, effect: 'mark' }] : worded
}
