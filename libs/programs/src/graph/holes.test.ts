import { expect, test } from 'vitest'

import { claimNode } from '../testing/claims.ts'
import { fillHoles, findHole, listHoles } from './holes.ts'

const program = {
  nodes: [claimNode('a', ['request'], { instructions: 'Mind {{desk_rules}} and {{ limits }}, {{desk_rules}}.' })],
  output_node: 'a',
}

test('listHoles() names every open place once, by its node', () => {
  expect(listHoles(program)).toEqual([
    { node: 'a', hole: 'desk_rules' },
    { node: 'a', hole: 'limits' },
  ])
})

test('fillHoles() fills what it is given, leaves the rest open and never looks into a filling', () => {
  const filled = fillHoles(program, { desk_rules: 'no {{limits}}' })
  expect(filled.nodes[0]?.instructions).toBe('Mind no {{limits}} and {{ limits }}, no {{limits}}.')
  expect(fillHoles(program, { desk_rules: 'x', limits: 'y' }).nodes[0]?.instructions).toBe('Mind x and y, x.')
})

test.each([['{{x}}', 'x'], ['a {{ x_1 }} b', 'x_1'], ['{ {x}}', null], ['{{}}', null], ['{{ }}', null], ['{{a{b}}', null]])(
  'findHole() in %j is %j',
  (text, hole) => {
    expect(findHole(text)).toBe(hole)
  },
)

test.each(['X', 'deskRules', 'Desk Rules', 'desk-rules', '0', 'toString'])('findHole() finds a place called %j, which fillHoles() fills', (name) => {
  const open = { nodes: [claimNode('a', ['request'], { instructions: `Mind {{ ${name} }}.` })], output_node: 'a' }
  expect(findHole(open.nodes[0]?.instructions ?? '')).toBe(name)
  expect(fillHoles(open, { [name]: 'all' }).nodes[0]?.instructions).toBe('Mind all.')
})

test('fillHoles() takes no filling from an object\'s own methods', () => {
  const open = { nodes: [claimNode('a', ['request'], { instructions: '{{constructor}}' })], output_node: 'a' }
  expect(fillHoles(open, {}).nodes[0]?.instructions).toBe('{{constructor}}')
})
