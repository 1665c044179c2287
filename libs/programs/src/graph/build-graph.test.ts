import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { ArtifactNode } from '@torghut/contracts'

import { seedArtifact } from '../artifact/seed.ts'
import { ProgramGraphError } from '../errors.ts'
import { signatureRegistry } from '../signature/registry.ts'
import { anySignature } from '../signature/signature.ts'
import { tradeReview } from '../signature/trade-review.ts'
import { CLAIM_SIGNATURES, claimNode } from '../testing/claims.ts'
import { buildGraph } from './build-graph.ts'

const SEED = seedArtifact('gpt-5.3-codex-spark')

test('buildGraph() puts the committee into its three levels', () => {
  const { levels, output, mandatoryRoles, callsMax } = buildGraph(SEED)
  const ids = levels.map((level) => level.map(({ id }) => id))
  expect(ids).toEqual([['counter_thesis', 'signal_synthesis'], ['risk_critic'], ['decision_schema']])
  expect(output.id).toBe('decision_schema')
  expect(mandatoryRoles).toEqual(['risk_critic', 'execution_critic', 'policy_judge'])
  expect(callsMax).toBe(8)
})

test('buildGraph() gives the same levels in whatever order the nodes are listed', () => {
  const levels = JSON.stringify(buildGraph(SEED).levels)
  fc.assert(
    fc.property(fc.shuffledSubarray(SEED.nodes, { minLength: 4 }), (nodes) => {
      expect(JSON.stringify(buildGraph({ ...SEED, nodes }).levels)).toBe(levels)
    }),
    { numRuns: 24 },
  )
})

test('buildGraph() shows the counter thesis the request and nothing of the thesis', () => {
  const counter = buildGraph(SEED).levels[0]?.find(({ id }) => id === 'counter_thesis')
  expect(counter?.edges).toEqual([{ port: 'request', from: 'request' }])
})

const a = claimNode('a', ['request'])
const b = claimNode('b', ['request'])
const last = claimNode('last', ['a', 'b'])

test.each<[string, ArtifactNode[], string, string, string[]]>([
  ['two writers of a key', [a, { ...b, id: 'a' }, last], 'last', 'two_writers', ['a', 'a']],
  ['a node that writes the request', [{ ...a, id: 'request' }, last], 'last', 'two_writers', ['request', 'request']],
  ['a port that is connected twice', [a, claimNode('last', ['a', 'a=request'])], 'last', 'two_writers', ['last', 'a', 'a=request']],
  ['two nodes of one role', [role(a), role(b), last], 'last', 'duplicate_role', ['a', 'b']],
  ['a missing producer', [a, last], 'last', 'missing_producer', ['b', 'last']],
  ['an output nobody writes', [a], 'x', 'no_output', ['x']],
  ['an unknown signature', [{ ...a, signature: 'x' }], 'a', 'unknown_signature', ['a', 'x']],
  ['an unknown port', [claimNode('last', ['request', 'z=request'])], 'last', 'unknown_port', ['last', 'z']],
  ['a port that is left open', [{ ...claimNode('last', ['a']), signature: 'test.claim.v1' }, a], 'last', 'unknown_port', ['last', 'a']],
  ['a node nobody reads', [a, b, claimNode('last', ['a'])], 'last', 'unreachable', ['b', 'last']],
  ['a hole in its instructions', [{ ...a, instructions: 'Mind {{ desk_rules }}.' }], 'a', 'hole', ['a', 'desk_rules']],
  ['a vote of two', [{ ...a, call_pattern: 'majority', samples: 2 }], 'a', 'call_pattern', ['a']],
  ['two samples of a single call', [{ ...a, samples: 2 }], 'a', 'call_pattern', ['a']],
  ['a member that does not answer as one', [role(a)], 'a', 'not_a_member', ['a', 'verdict']],
  ['a mandatory node without a role', [{ ...a, mandatory: true }], 'a', 'not_a_member', ['a', 'mandatory']],
  ['a cycle of two', [claimNode('a', ['b']), claimNode('b', ['a'])], 'a', 'cycle', ['a', 'b', 'a']],
  ['a node that reads itself', [claimNode('a', ['a'])], 'a', 'cycle', ['a', 'a']],
])('buildGraph() refuses %s and names the path', (_name, nodes, output, fault, path) => {
  expect(faultOf(nodes, output)).toEqual({ fault, path })
})

test('buildGraph() refuses a port that is given what it does not take', () => {
  const [counter, , critic] = SEED.nodes
  const swapped = { ...critic!, inputs: ['request', 'signal_synthesis=counter_thesis', 'counter_thesis'] }
  const fault = faultOf([counter!, swapped, { ...SEED.nodes[3]!, inputs: ['request', 'risk_critic'] }], 'decision_schema')
  expect(fault).toEqual({ fault: 'port_type_mismatch', path: ['counter_thesis', 'risk_critic.signal_synthesis'] })
})

test('buildGraph() refuses a critic whose port is left open', () => {
  const critic = { ...SEED.nodes[2]!, inputs: ['request'] }
  const fault = faultOf([critic, { ...SEED.nodes[3]!, inputs: ['request', 'risk_critic'] }], 'decision_schema')
  expect(fault).toEqual({ fault: 'missing_port', path: ['risk_critic', 'signal_synthesis'] })
})

test('buildGraph() refuses a mandatory researcher: it argues and has no vote to miss', () => {
  const nodes = SEED.nodes.map((node) => (node.role === 'researcher' ? { ...node, mandatory: true } : node))
  expect(faultOf(nodes, 'decision_schema')).toEqual({ fault: 'not_a_member', path: ['signal_synthesis', 'mandatory'] })
})

test('buildGraph() refuses a critic that keeps its mandate and loses its role', () => {
  const nodes = SEED.nodes.map((node) => (node.id === 'risk_critic' ? { ...node, role: null } : node))
  expect(faultOf(nodes, 'decision_schema')).toEqual({ fault: 'not_a_member', path: ['risk_critic', 'mandatory'] })
})

test('buildGraph() refuses a node whose checks look at a port it leaves open', () => {
  const judge = anySignature({ ...tradeReview, name: 'test.judge.v1', reads: { a: CLAIM_SIGNATURES.get('test.claim.v1')!.output } })
  const nodes = [a, { ...SEED.nodes[3]!, signature: judge.name, inputs: ['a'] }]
  const build = () => buildGraph({ nodes, output_node: 'decision_schema' }, signatureRegistry(...CLAIM_SIGNATURES.values(), judge))
  expect(build).toThrow('the check "citations_exist" looks at a port that is not connected (decision_schema -> request)')
})

test('buildGraph() finds a cycle wherever it is, and names nodes of the cycle only', () => {
  const chain = Array.from({ length: 9 }, (_, at) => claimNode(`n${at}`, [`a=${at === 0 ? 'n8' : `n${at - 1}`}`]))
  const nodes = [...chain, claimNode('tail', ['a=n3'])]
  const { path } = faultOf(nodes, 'tail') ?? { path: [] }
  expect(path[0]).toBe(path.at(-1))
  expect(new Set(path).size).toBe(9)
  expect(path).not.toContain('tail')
})

function role(node: ArtifactNode): ArtifactNode {
  return { ...node, role: 'researcher' }
}

function faultOf(nodes: ArtifactNode[], output: string): { fault: string; path: readonly string[] } | null {
  try {
    buildGraph({ nodes, output_node: output }, CLAIM_SIGNATURES)
    return null
  } catch (error) {
    if (!(error instanceof ProgramGraphError)) throw error
    return { fault: error.fault, path: error.path }
  }
}
