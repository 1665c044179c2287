import { hashJson } from '@torghut/contracts'
import type { CompletionUsage } from '@torghut/contracts'

import type { ProgramGraph } from '../graph/build-graph.ts'
import type { CallRecord } from './ask-model.ts'
import { NO_TRACE } from './program-run.ts'
import type { ProgramTrace } from './program-run.ts'
import type { NodeRun } from './run-node.ts'

/** Adds up what the calls of a run left behind. `totalMs` is what the run took on its own clock. */
export function traceRun(nodes: readonly NodeRun[], graph: ProgramGraph, totalMs: number): ProgramTrace {
  const calls = nodes.flatMap((node) => node.calls)
  const promptHash = byNode(nodes, graph, (node) => node.calls[0]?.promptHash ?? node.cachedPromptHash ?? null)
  if (calls.length === 0) return { ...NO_TRACE, promptHash }
  const last = nodes.find(({ graphNode }) => graphNode.id === graph.output.id)?.calls.at(-1)
  const traces = calls.flatMap(({ trace }) => trace ?? [])
  const firstTokens = traces.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])
  return {
    promptHash,
    responseHash: byNode(nodes, graph, (node) => lastResponse(node)),
    responseText: last?.responseText ?? null,
    usage: sumUsage(traces.flatMap(({ usage }) => usage ?? [])),
    firstTokenMs: firstTokens[0] ?? null,
    totalMs: traces.length === 0 ? null : totalMs,
    bytes: traces.length === 0 ? null : traces.reduce((sum, { bytes }) => sum + bytes, 0),
    attempts: traces.reduce((sum, { attempts }) => sum + attempts, 0),
    completionId: last?.trace?.completionId ?? null,
    threadId: last?.trace?.threadId ?? null,
    strictlyValid: firstAnswersValid(nodes),
    ignoredKeys: ignoredKeys(nodes, graph),
  }
}

/** One node's own hash; of a graph the hash over the map, once every node that ran has one. */
function byNode(nodes: readonly NodeRun[], graph: ProgramGraph, hashOf: (node: NodeRun) => string | null): string | null {
  const hashes = nodes.flatMap((node) => {
    const hash = hashOf(node)
    return hash === null ? [] : [[node.graphNode.id, hash] as const]
  })
  const [only] = hashes
  if (only === undefined) return null
  return graph.levels.flat().length === 1 ? only[1] : hashJson(Object.fromEntries(hashes))
}

function lastResponse({ calls, chosen }: NodeRun): string | null {
  const own = chosen === null ? calls : calls.filter(({ sample }) => sample === chosen)
  return own.findLast(({ responseHash }) => responseHash !== null)?.responseHash ?? null
}

/** The gateway counts the last turn of each call; the sum over calls is what the review cost. */
function sumUsage(usages: readonly CompletionUsage[]): CompletionUsage | null {
  if (usages.length === 0) return null
  return usages.reduce((sum, usage) => ({
    promptTokens: sum.promptTokens + usage.promptTokens,
    completionTokens: sum.completionTokens + usage.completionTokens,
    totalTokens: sum.totalTokens + usage.totalTokens,
  }))
}

/** An answer that was asked again counts as what it was at first. */
function firstAnswersValid(nodes: readonly NodeRun[]): boolean | null {
  const first = new Map<string, boolean>()
  for (const { graphNode, calls } of nodes) {
    for (const { sample, strictlyValid } of calls) {
      const place = `${graphNode.id} ${sample}`
      if (strictlyValid !== null && !first.has(place)) first.set(place, strictlyValid)
    }
  }
  return first.size === 0 ? null : [...first.values()].every((valid) => valid)
}

/** The deciding node's by their names, the others' behind their node's. */
function ignoredKeys(nodes: readonly NodeRun[], graph: ProgramGraph): string[] {
  const named = nodes.flatMap(({ graphNode, calls }) => {
    const prefix = graphNode.id === graph.output.id ? '' : `${graphNode.id}.`
    return keysOf(calls).map((key) => prefix + key)
  })
  return [...new Set(named)].sort()
}

function keysOf(calls: readonly CallRecord[]): string[] {
  return calls.flatMap(({ ignoredKeys: keys }) => [...keys])
}
