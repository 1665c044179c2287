import type { AnswerField, Signature } from '@torghut/programs'
import { anySignature, counterThesis, riskCritic, shapeOf, signalSynthesis, tradeReview } from '@torghut/programs'

/** What a prompt asks for: to decide, or one of the arguments before the decision. */
export type TaskName = 'decide' | 'support' | 'object' | 'guard'

/** A task with the answer its prompt asks for, reasoning included where it asks for that. */
export interface Task {
  name: TaskName
  shape: { fields: readonly AnswerField[]; output: Signature<Record<string, unknown>>['output'] }
}

const TASKS: readonly Task[] = (
  [
    ['support', anySignature(signalSynthesis)],
    ['object', anySignature(counterThesis)],
    ['guard', anySignature(riskCritic)],
    ['decide', anySignature(tradeReview)],
  ] as const
).flatMap(([name, signature]) => [
  // With reasoning first: its fields are a task's own and one more.
  { name, shape: shapeOf('chain_of_thought', signature) },
  { name, shape: shapeOf('predict', signature) },
])

/** The task whose every field the schema in the prompt lists; null when it lists none of them whole. */
export function readTask(instructions: string): Task | null {
  const listed = new Set([...instructions.matchAll(/^- ([A-Za-z]+): /gm)].map(([, name]) => name))
  return TASKS.find(({ shape }) => shape.fields.every(({ name }) => listed.has(name))) ?? null
}
