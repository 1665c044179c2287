import { draw, drawIndex, shuffled } from './draw.ts'
import { isTrue, sameConditions } from './knowledge.ts'
import { readLayout, writeReply } from './layout.ts'
import type { PromptMessage, ShownRecord } from './read-records.ts'
import { readRecords } from './read-records.ts'
import type { Statement } from './read-statements.ts'
import { readStatements, stressesLayout } from './read-statements.ts'
import { distinct, inOrder, lastWord } from './read-task.ts'
import type { Values } from './truth.ts'
import { holds, truthOf } from './truth.ts'
import type { Rule, World } from './world.ts'
import { SLOTS } from './world.ts'
import { variantOf } from './variant.ts'

/** New rules one call may find: an author sees a few things at a time. */
const NEW_RULES_MAX = 2

/** A labelled record as an author sees it. */
interface Evidence {
  step: number
  values: Values
  word: number
  marked: boolean
}

/**
 * The simulated author's reply: an instruction that keeps most of the rules the prompt states and
 * adds a few that its labelled records show. Without evidence it learns nothing.
 */
export function answerAuthor(world: World, messages: readonly PromptMessage[]): string {
  const stated = distinct(messages.flatMap(({ content }) => readStatements(world, content)).map(inOrder))
  const evidence = distinct(readRecords(world, messages).flatMap((record) => evidenceOf(world, record)))
  const seen = [stated, evidence].map((items) => items.map((item) => JSON.stringify(item)).sort())
  const roll = createRoll(world, JSON.stringify([seen, variantOf(messages)]))
  const kept = stated.filter((statement) => roll('keep', nameOf(statement)) < world.family.author.keeps)
  const found = findRules(world, evidence, roll).filter((rule) => !isAmong(stated, rule))
  const invented = invent(world, evidence, roll)
  const rules = [...kept, ...found.slice(0, NEW_RULES_MAX), ...(invented === null ? [] : [invented])]
  const keepsLayout = messages.some(({ content }) => stressesLayout(content))
  return writeReply(readLayout(messages, 'instruction'), compose(world, rules, keepsLayout))
}

type Roll = (...purpose: readonly string[]) => number

function createRoll(world: World, seen: string): Roll {
  return (...purpose) => draw(world.name, 'author', ...purpose, seen)
}

/** A record teaches what the last word behind it says: a correction follows what it corrects. */
function evidenceOf(world: World, record: ShownRecord): Evidence[] {
  const said = [...record.beside, ...record.replied]
  const marked = said.some(({ kind }) => kind === 'mark')
  const final = world.steps.length - 1
  const group = record.given ?? lastWord(said, 0)
  return world.steps.flatMap((_, step): Evidence[] => {
    const word = lastWord(said, step)
    if (word === null) return []
    const values = step === 0 || group === null ? record.values : [...record.values, group]
    return [{ step, values, word, marked: marked && step === final }]
  })
}

/** The hidden rules this evidence shows well enough, in an order of their own. */
function findRules(world: World, evidence: readonly Evidence[], roll: Roll): Statement[] {
  const { finds, evidenceForHalf } = world.family.author
  const candidates = world.steps.flatMap((step, index) =>
    [...step.rules, ...(step.markRule === null ? [] : [step.markRule])].map((rule): Statement =>
      inOrder({ ...rule, step: index }),
    ),
  )
  const found = candidates.filter((rule) => {
    const pieces = evidence.filter((piece) => supports(world, rule, piece)).length / rule.conditions.length
    return roll('find', nameOf(rule)) < (finds * pieces) / (pieces + evidenceForHalf)
  })
  return found
    .map((rule) => ({ rule, turn: roll('turn', nameOf(rule)) }))
    .sort((a, b) => a.turn - b.turn)
    .map(({ rule }) => rule)
}

function supports(world: World, rule: Statement, { step: index, values, word, marked }: Evidence): boolean {
  const step = world.steps[index]
  if (step === undefined || index !== rule.step || !holds(rule.conditions, values)) return false
  if (rule.effect === 'mark') return marked
  const deciding = truthOf(step, values).rule
  return rule.effect === word && deciding !== null && sameConditions(deciding, rule)
}

/** A rule read into a coincidence: one field of one record is taken for the reason of its answer. */
function invent(world: World, evidence: readonly Evidence[], roll: Roll): Statement | null {
  const [piece] = shuffled(evidence, world.name, 'invented piece', String(roll('invented piece')))
  if (piece === undefined || roll('invent') >= world.family.author.invents) return null
  const slot = 1 + drawIndex(SLOTS - 1, world.name, 'invented slot', String(roll('invented slot')))
  const conditions = [{ slot, value: piece.values[slot] ?? 0 }]
  const statement: Statement = { step: piece.step, conditions, effect: piece.word }
  const step = world.steps[piece.step]
  return step === undefined || isTrue(step, statement) ? null : statement
}

function isAmong(statements: readonly Statement[], rule: Statement): boolean {
  return statements.some(
    ({ step, effect, conditions }) =>
      step === rule.step && effect === rule.effect && sameConditions({ effect, conditions }, rule),
  )
}

function nameOf(statement: Statement): string {
  return JSON.stringify(inOrder(statement))
}

function compose(world: World, rules: readonly Statement[], keepsLayout: boolean): string {
  const opening = 'Read the fields of the record and answer with the word that belongs to it.'
  const layout = keepsLayout ? ['Keep strictly to the layout that is asked for.'] : []
  return [opening, ...rules.map((rule) => describeRule(world, rule)), ...layout].join('\n')
}

/** A statement in words: conditions first, then the effect. */
export function describeRule(world: World, { step, conditions, effect }: Rule & { step: number }): string {
  const reasons = conditions.map(({ slot, value }) => {
    const field = world.slots[slot]
    if (field === undefined) return `group is ${world.steps[0]?.outputs[value] ?? ''}`
    return `${field.name} is ${field.values[value] ?? ''}`
  })
  const order =
    effect === 'mark'
      ? `add ${world.mark} behind the word`
      : `the ${world.steps[step]?.name ?? 'answer'} is ${world.steps[step]?.outputs[effect] ?? ''}`
  return `If ${reasons.join(' and ')}, ${order}.`
}
