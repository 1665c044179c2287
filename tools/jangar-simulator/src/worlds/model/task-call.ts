import { draw } from './draw.ts'
import { expect, mistakes } from './knowledge.ts'
import { readLayout, writeReply } from './layout.ts'
import type { PromptMessage } from './read-records.ts'
import type { TaskPrompt } from './read-task.ts'
import { readTask } from './read-task.ts'
import type { Output, Truth } from './truth.ts'
import { spell } from './truth.ts'
import type { Step, World } from './world.ts'
import { variantOf } from './variant.ts'

/**
 * The simulated task model's reply. Right or wrong is decided by the meaning of the prompt: the
 * world, the query, the statements and examples seen and the variant, never by its wording.
 */
export function answerTask(world: World, messages: readonly PromptMessage[]): string {
  const prompt = readTask(world, messages)
  if (prompt === null) return NO_RECORD
  const step = world.steps[prompt.step] as Step
  const { truth, correct, wellFormed } = expect(world, prompt)
  const roll = (purpose: string): number =>
    draw(world.name, 'task', purpose, meaningOf(prompt, variantOf(messages)))
  const output =
    roll('correct') < correct ? truth : mistakeAt(step, { truth, prompt, share: roll('mistake') })
  const answer = spell(world, step, output)
  if (roll('layout') < wellFormed) return writeReply(readLayout(messages, step.name), answer)
  return `Let me look at the record. I would go for "${answer}" here.`
}

const NO_RECORD = 'I am a simulated model. I cannot find a record of my world in this prompt.'

/** Sets, not lists: the order of statements and examples changes nothing. */
function meaningOf({ step, values, examples, statements }: TaskPrompt, variant: number): string {
  const sorted = (items: readonly unknown[]): string[] => items.map((item) => JSON.stringify(item)).sort()
  return JSON.stringify([step, values, sorted(examples), sorted(statements), variant])
}

function mistakeAt(
  step: Step,
  { truth, prompt, share }: { truth: Truth; prompt: TaskPrompt; share: number },
): Output {
  const choices = mistakes(step, truth, prompt.values)
  let left = share
  for (const choice of choices) {
    left -= choice.share
    if (left < 0) return choice.output
  }
  return choices.at(-1)?.output ?? truth
}
