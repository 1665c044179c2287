import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { TemplateRefusedError } from './errors.ts'
import { spellName } from './names.ts'
import type { Names } from './names.ts'
import type { Plan } from './new-lib.ts'

const GATES = 'libs/gates/src'

/** Plans a new decision gate with its test. Throws `TemplateRefusedError` when the name is bad or a gate has it. */
export function planGate(root: string, name: string): Plan {
  const names = spellName(name)
  const gateOrder = join(root, GATES, 'decision/gate-order.ts')
  if (!existsSync(gateOrder)) {
    throw new TemplateRefusedError(`Cannot find ${GATES}: run it from the root of the workspace`)
  }
  const listed = readFileSync(gateOrder, 'utf8').includes(`'${name}'`)
  if (listed) throw new TemplateRefusedError(`Cannot make gate "${name}": GATE_ORDER has one of this name`)
  const files = [
    { path: `${GATES}/decision/${name}.ts`, text: gate(names) },
    { path: `${GATES}/decision/${name}.test.ts`, text: gateTest(names) },
  ]
  return { files, next: nextSteps(names) }
}

/** Denies everything: a gate that was listed and then forgotten must stop orders, not wave them through. */
function gate({ kebab, pascal, snake }: Names): string {
  return `import type { GateOutcome, ReviewSubmission } from '@torghut/contracts'

import { denied, fact, guarded } from '../evidence/outcome.ts'

/** Denies every order (\`${snake}_unwritten\`) until its rule is written: a listed gate never passes unread. */
export function check${pascal}(submission: ReviewSubmission): GateOutcome {
  const gate = '${kebab}'
  return guarded(gate, () => {
    const { symbol } = submission.request.decision
    return denied(gate, '${snake}_unwritten', { symbol: fact(symbol) })
  })
}
`
}

function gateTest({ kebab, pascal, snake }: Names): string {
  return `import { expect, test } from 'vitest'

import { sampleSubmission } from '../testing/samples.ts'
import { check${pascal} } from './${kebab}.ts'

test('check${pascal}() denies until its rule is written', () => {
  expect(check${pascal}(sampleSubmission())).toEqual({
    gate: '${kebab}',
    passed: false,
    code: '${snake}_unwritten',
    evidence: { symbol: 'NVDA' },
  })
})

test('check${pascal}() denies evidence with holes and never throws', () => {
  expect(check${pascal}(undefined as never)).toMatchObject({ passed: false, code: 'evidence_unreadable' })
})
`
}

function nextSteps({ kebab, pascal }: Names): string[] {
  return [
    `write the rule in ${GATES}/decision/${kebab}.ts, and its tests: both sides of every limit and exactly on it`,
    `list '${kebab}' at its place in GATE_ORDER and raise ENGINE_VERSION (${GATES}/decision/gate-order.ts)`,
    `call check${pascal}() there too, in gatesBeforeAdvice() or followAdvice() (${GATES}/decision/settle-verdict.ts)`,
    `export check${pascal} in ${GATES}/index.ts`,
  ]
}
