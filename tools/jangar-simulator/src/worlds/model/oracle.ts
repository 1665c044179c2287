import { UnreadablePromptError } from './errors.ts'
import { expect, mistakes } from './knowledge.ts'
import type { PromptMessage } from './read-records.ts'
import type { TaskPrompt } from './read-task.ts'
import { readTask } from './read-task.ts'
import type { WorldRow } from './rows.ts'
import type { Output } from './truth.ts'
import { spell } from './truth.ts'
import type { Step, World } from './world.ts'

/** Writes the prompt of one step of a program: the inputs it sees are the record and earlier outputs. */
export type RenderPrompt = (
  step: string,
  inputs: Readonly<Record<string, string>>,
) => readonly PromptMessage[]

/**
 * The exact share of replies to this prompt that are right and readable: the model's own P, no dice.
 * For use offline only; nothing on the wire tells it. Throws UnreadablePromptError.
 */
export function correctShare(world: World, messages: readonly PromptMessage[]): number {
  const prompt = readTask(world, messages)
  if (prompt === null) throw new UnreadablePromptError(world.name, 'any')
  const { correct, wellFormed } = expect(world, prompt)
  return correct * wellFormed
}

/** The exact expected score (0 to 1) of a program on these rows: the mean over all the model could say. */
export function exactScore(world: World, rows: readonly WorldRow[], render: RenderPrompt): number {
  const total = rows.reduce((sum, row) => sum + rowScore(world, row, render), 0)
  return total / rows.length
}

/** A wrong answer of an early step may still lead to the right end, so every answer is followed. */
function rowScore(world: World, row: WorldRow, render: RenderPrompt): number {
  let paths = [{ inputs: row.inputs, share: 1 }]
  for (const [index, step] of world.steps.entries()) {
    const wanted = index === world.steps.length - 1 ? row.outputs[step.name] : undefined
    paths = paths.flatMap(({ inputs, share }) =>
      repliesOf(world, index, render(step.name, inputs))
        .filter(({ text }) => wanted === undefined || text === wanted)
        .map((reply) => ({ inputs: { ...inputs, [step.name]: reply.text }, share: share * reply.share })),
    )
  }
  return paths.reduce((sum, { share }) => sum + share, 0)
}

/** Every readable reply and its share; the unreadable ones are what is missing to 1. */
function repliesOf(
  world: World,
  index: number,
  messages: readonly PromptMessage[],
): { text: string; share: number }[] {
  const step = world.steps[index] as Step
  const prompt = readTask(world, messages)
  if (prompt?.step !== index) throw new UnreadablePromptError(world.name, step.name)
  const shares = new Map<string, number>()
  for (const { output, share } of outputsOf(world, step, prompt)) {
    const text = spell(world, step, output)
    shares.set(text, (shares.get(text) ?? 0) + share)
  }
  return [...shares].map(([text, share]) => ({ text, share }))
}

function outputsOf(world: World, step: Step, prompt: TaskPrompt): { output: Output; share: number }[] {
  const { truth, correct, wellFormed } = expect(world, prompt)
  const wrong = mistakes(step, truth, prompt.values).map(({ output, share }) => ({
    output,
    share: share * (1 - correct) * wellFormed,
  }))
  return [{ output: truth, share: correct * wellFormed }, ...wrong]
}
