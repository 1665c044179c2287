import { expect, test } from 'vitest'

import type { ArtifactNode } from '@torghut/contracts'

import { seedArtifact } from '../artifact/seed.ts'
import { runGraph } from '../executor/run-graph.ts'
import { CLAIM_SIGNATURES, claimNode, claimTransport, sampleClaim } from '../testing/claims.ts'
import { SAMPLE_NONCE } from '../testing/samples.ts'
import { buildGraph } from './build-graph.ts'
import { rewriteProgram } from './rewrite.ts'

const twin = (id: string): ArtifactNode => claimNode(id, ['request'], { instructions: 'You are twin.' })

/** Programs with something to rewrite, each with the passes it calls for. */
const GOLDEN: [string, ArtifactNode[], string[], number][] = [
  ['a node nobody reads', [claimNode('a', ['request']), claimNode('b', ['request']), claimNode('last', ['a'])], ['drop_unread'], 2],
  ['a chain nobody reads', [claimNode('b', ['c']), claimNode('c', ['request']), claimNode('last', ['request', 'a=d']), claimNode('d', ['request'])], ['drop_unread', 'earliest_level'], 2],
  ['two equal nodes', [twin('a'), twin('b'), claimNode('last', ['a', 'b'])], ['share_identical'], 2],
  ['equal nodes behind equal nodes', [twin('a'), twin('b'), claimNode('x', ['a'], EQUAL()), claimNode('y', ['a=b'], EQUAL()), claimNode('last', ['a=x', 'b=y'])], ['share_identical'], 3],
  ['nodes listed backwards', [claimNode('last', ['a']), claimNode('a', ['request'])], ['earliest_level'], 2],
  ['nothing to do', [claimNode('a', ['request']), claimNode('last', ['a'])], [], 2],
]

function EQUAL(): Partial<ArtifactNode> {
  return { instructions: 'You are middle.' }
}

test.each(GOLDEN)('rewriteProgram() keeps the output of %s', async (_name, nodes, passes, criticalPath) => {
  const program = { nodes, output_node: 'last' }
  const rewritten = rewriteProgram(program)
  expect(rewritten).toMatchObject({ passes, criticalPath })
  for (const seed of ['x', 'y', 'z']) {
    const before = await lastOutput(withUnread(program), seed)
    expect(await lastOutput(rewritten.program, seed)).toEqual(before)
    expect(before).toMatchObject({ reason: expect.any(String) })
  }
  expect(rewriteProgram(rewritten.program).passes).toEqual([])
})

test('rewriteProgram() asks identical nodes once and unread ones never', () => {
  const program = { nodes: [twin('a'), twin('b'), twin('c'), claimNode('last', ['a', 'b'])], output_node: 'last' }
  expect(rewriteProgram(program).program.nodes.map(({ id, inputs }) => [id, inputs])).toEqual([
    ['a', ['request']],
    ['last', ['a', 'b=a']],
  ])
})

test('rewriteProgram() leaves the committee as it is', () => {
  const seed = seedArtifact('m')
  expect(rewriteProgram(seed)).toEqual({ program: seed, passes: [], criticalPath: 3 })
})

/** The original can be built once what nobody reads is read by nobody in the graph either. */
function withUnread(program: { nodes: ArtifactNode[]; output_node: string }) {
  const read = new Set(['last'])
  for (const _ of program.nodes) {
    for (const { id, inputs } of program.nodes) if (read.has(id)) for (const input of inputs) read.add(input.split('=').at(-1) ?? '')
  }
  return { ...program, nodes: program.nodes.filter(({ id }) => read.has(id)) }
}

/** A model that answers what it is asked by what it is shown, names of nodes aside. */
async function lastOutput(program: { nodes: readonly ArtifactNode[]; output_node: string }, seed: string): Promise<unknown> {
  const transport = claimTransport(({ id, request }) => {
    const shown = request.messages.at(-1)?.content ?? ''
    return Promise.resolve(sampleClaim({ reason: `${id} saw ${shown.length} of ${seed}`, confidence: (shown.length % 97) / 100 }))
  })
  const graph = buildGraph(program, CLAIM_SIGNATURES)
  const run = await runGraph(graph, { seed }, { hash: 'h', programName: 'p' }, {
    transport,
    model: 'm',
    nonce: SAMPLE_NONCE,
    timeoutMs: 1000,
    monotonicMs: () => 0,
  })
  return run.ok ? run.outputs['last'] : run
}
