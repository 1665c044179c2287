import type { Family } from './model/families.ts'
import { FAMILIES } from './model/families.ts'
import type { Difficulty } from './difficulty/measure.ts'
import { ROWS } from './difficulty/measure.ts'

export interface PageFacts {
  sourcesSha256: string
  sealed: { count: number; sha256: string }
  scores: readonly { world: string; difficulty: Difficulty }[]
}

/** The reference page of the worlds: what they are, and exact scores of every frozen one. */
export function renderPage({ sourcesSha256, sealed, scores }: PageFacts): string {
  return `<!-- Written by \`node tools/jangar-simulator/src/worlds/main.ts difficulty\`: edit it there. -->

# Simulated worlds

Made-up tasks to compare optimizers in without a model. **Every number here is simulated**: it says
how a program would do with the simulated model described below, and nothing about a real one.

    node tools/jangar-simulator/src/main.ts --worlds [--world-calls N] [--world-tokens N]

serves two models a world: \`world-<family>-<seed>\` does the task, \`world-<family>-<seed>-author\`
writes instructions. \`--world mixed-abc\` serves a world by name. \`GET /simulator/worlds\` shows
what each key (by hash) has spent, task and author apart; a call its budget does not hold is refused
with 400 \`budget_exhausted\` and not booked.

## What a world is

A name makes a world: six slots with eight pseudo-words each, a default word for every value of one
slot, which the model knows, and hidden exception rules: one condition, two conditions, a mark
behind the word (the form of the answer), and in \`chain\` two steps, the second of which needs the
answer of the first. Two conditions outrank one. Rows have no end; no combination of values is in
two splits.

${familyTable()}

## How a prompt is read

By meaning, whatever the layout (markers, key and value, JSON, prose): a *record* is one value of
every slot; a record followed by an answer is an *example*; a *statement* is a sentence with one to
three conditions and one effect, not negated, in any order and wording. Names of fields, case,
spacing and order of examples change nothing. A heap of words states nothing.

- **Knowledge** \`k = 1 − (1 − known before)(1 − stated)(1 − shown)\`, for the word and, where a
  mark is due, for the mark. Stated: in full, or less for a part of the conditions; a false
  statement takes most of it away. Shown: right examples of the same rule, weighed by likeness, each
  helping less than the one before; wrong ones count against it; an example equal to the query is
  ignored.
- **Attention** is 1 up to a capacity of statements, examples and words, and falls beyond.
- **P(correct)** \`= 0.1 + 0.87 · k · attention\`. Brittle models also forget the layout, unless it
  is shown or stressed.
- **Dice**: right iff hash(world, query, set of statements, set of examples, variant) < P. Raw text
  is never hashed. A line such as "Variant 3" names the variant.
- **The author** keeps most of the statements in its prompt, finds up to two more that labelled
  records in the same prompt show (more evidence, higher chance), and sometimes invents a false one.
  Without evidence it learns nothing.

One more true rule never lowers the exact score below the capacity. In worlds of two steps it may by
less than 0.01: a wrong first answer can reach the right end by luck, and who knows the second step
better is led astray more surely.

The oracle (\`exactScore\`) gives the exact expected score of a program, without dice; it is not on
the wire.

## Difficulty

Exact expected scores on ${ROWS.test} test rows; ${ROWS.train} training rows, ${ROWS.val} validation
rows. *n labels*: so many training rows as examples. *One rule*, *all rules*: true rules as
sentences. *Small honest*: the better of half of the rules with four examples, and 16 labels.

${scoreTable(scores, HONEST)}

Cheaters, all below the small honest prompt: every training row as an example, every word of the
world without a sentence, the start instruction with other white space, every validation row as an
example (scored on test rows, and on those very rows), and one word as the answer to everything.

${scoreTable(scores, CHEATING)}

## Frozen

The list of worlds is \`tools/jangar-simulator/src/worlds/frozen-worlds.json\`; a test holds the
sources to their hash.

| | SHA-256 |
| --- | --- |
| sources of the worlds | \`${sourcesSha256}\` |
| ${sealed.count} sealed worlds, unseen until the optimizers are fixed (salt and names, a line each) | \`${sealed.sha256}\` |
`
}

const HONEST = {
  unoptimised: 'unoptimised',
  labels4: '4 labels',
  labels8: '8 labels',
  labels16: '16 labels',
  oneRule: 'one rule',
  allRules: 'all rules',
  smallHonest: 'small honest',
} as const satisfies Partial<Record<keyof Difficulty, string>>

const CHEATING = {
  stuffed: 'all training rows',
  soup: 'keyword soup',
  respaced: 'white space',
  copied: 'validation rows',
  copiedOnVal: 'the same, on them',
  constant: 'one word',
} as const satisfies Partial<Record<keyof Difficulty, string>>

function scoreTable(scores: PageFacts['scores'], columns: Partial<Record<keyof Difficulty, string>>): string {
  const keys = Object.keys(columns) as (keyof Difficulty)[]
  const rows = scores.map(({ world, difficulty }) => [
    world,
    ...keys.map((key) => difficulty[key].toFixed(3)),
  ])
  return table(['simulated world', ...Object.values(columns)], rows)
}

function familyTable(): string {
  const head = [
    'family',
    'about',
    'one, two conditions, mark',
    'instructions',
    'examples (half at)',
    'capacity',
    'author finds',
  ]
  return table(head, FAMILIES.map(familyRow))
}

function familyRow({ name, about, steps, task, author }: Family): string[] {
  const shapes = steps
    .map(({ singles, pairs, mark }) => `${singles}, ${pairs}, ${mark ? 1 : 0}`)
    .join(' then ')
  const { statements, demonstrations, words } = task.capacity
  return [
    name,
    about,
    shapes,
    String(task.instructions),
    `${task.demonstrations} (${task.demonstrationsForHalf})`,
    `${statements} statements, ${demonstrations} examples, ${words} words`,
    String(author.finds),
  ]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
