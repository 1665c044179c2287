import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { TemplateRefusedError } from './errors.ts'
import { spellName } from './names.ts'
import type { Names } from './names.ts'
import type { Plan } from './new-lib.ts'

const GATES = 'libs/gates/src'
const PRE_TRADE = `${GATES}/decision/pre-trade`

/** Plans a new pre-trade gate with its test. Throws `TemplateRefusedError` when the name is bad or a gate has it. */
export function planGate(root: string, name: string): Plan {
  const names = spellName(name)
  const gateOrder = join(root, GATES, 'decision/gate-order.ts')
  if (!existsSync(gateOrder)) {
    throw new TemplateRefusedError(`Cannot find ${GATES}: run it from the root of the workspace`)
  }
  const listed = readFileSync(gateOrder, 'utf8').includes(`'${name}'`)
  if (listed) throw new TemplateRefusedError(`Cannot make gate "${name}": GATE_ORDER has one of this name`)
  const files = [
    { path: `${PRE_TRADE}/${name}.ts`, text: gate(names) },
    { path: `${PRE_TRADE}/${name}.test.ts`, text: gateTest(names) },
  ]
  return { files, next: nextSteps(names) }
}

/** Denies everything: a gate that was listed and then forgotten must stop orders, not wave them through. */
function gate(names: Names): string {
  const { kebab, snake } = names
  const constant = constantOf(names)
  return `import { fact } from '../../evidence/outcome.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies every order until its rule is written: a listed gate never passes unread. */
export const ${constant}: PreTradeGate = {
  about: {
    gate: '${kebab}' as never, // Listed in GATE_ORDER, the cast can go.
    codes: ['${snake}_unwritten'],
    checks: 'Nothing yet',
    why: 'Ours',
    limits: [],
    action: 'Write the rule',
  },
  judge: () => 'breached',
  evidence: ({ decision }) => ({ symbol: fact(decision.symbol) }),
}
`
}

function gateTest(names: Names): string {
  const { kebab, snake } = names
  const constant = constantOf(names)
  return `import { expect, test } from 'vitest'

import { sampleEvidence } from '../../testing/pre-trade.ts'
import { originalOrder } from '../original-order.ts'
import { ${constant} } from './${kebab}.ts'
import { gatherFacts } from './facts.ts'
import { outcomeOf } from './gate.ts'

test('${constant} denies until its rule is written', () => {
  const evidence = sampleEvidence()
  expect(outcomeOf(${constant}, gatherFacts(evidence, originalOrder(evidence.submission)))).toEqual({
    gate: '${kebab}',
    passed: false,
    code: '${snake}_unwritten',
    evidence: { symbol: 'NVDA' },
  })
})

test('${constant} denies evidence with holes and never throws', () => {
  expect(outcomeOf(${constant}, null)).toMatchObject({ passed: false, code: 'evidence_unreadable' })
})
`
}

function nextSteps(names: Names): string[] {
  const { kebab } = names
  return [
    `write the rule in ${PRE_TRADE}/${kebab}.ts, and its tests: both sides of every limit and exactly on it`,
    `say there, in \`about\`, what it checks, why, its limits and what a person does: npm run docs writes the page`,
    `list '${kebab}' at its place in GATE_ORDER and raise ENGINE_VERSION (${GATES}/decision/gate-order.ts)`,
    `list ${constantOf(names)} at the same place of PRE_TRADE_GATES (${PRE_TRADE}/pre-trade-gates.ts)`,
    `a limit of its own goes into GateLimits (libs/contracts/src/review/gate-limits.ts) and config/gate-policy.yaml`,
  ]
}

/** `tick-size` is the constant `tickSize`. */
function constantOf({ pascal }: Names): string {
  return `${pascal.slice(0, 1).toLowerCase()}${pascal.slice(1)}`
}
