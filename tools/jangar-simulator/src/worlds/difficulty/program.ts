import type { PromptMessage } from '../model/read-records.ts'
import type { WorldRow } from '../model/rows.ts'
import type { RenderPrompt } from '../model/oracle.ts'

/** What an optimizer may change: an instruction for every step, and the examples all steps show. */
export interface WorldProgram {
  instruction: string
  examples: readonly WorldRow[]
}

export const STYLES = ['markers', 'key-value', 'json'] as const
export type Style = (typeof STYLES)[number]

/** What every program starts from: it says what to do and nothing about the world. */
export const START_INSTRUCTION = 'Read the fields of the record and answer with the word that belongs to it.'

/** Writes a program's prompts in one of the usual styles; which one makes no difference to the model. */
export function rendererOf({ instruction, examples }: WorldProgram, style: Style): RenderPrompt {
  const { ask, layout, reply } = STYLE_PARTS[style]
  return (step, inputs): PromptMessage[] => [
    { role: 'system', content: `${layout(step)}\n\n${instruction}` },
    ...examples.flatMap((example) => {
      const shown = pick({ ...example.inputs, ...example.outputs }, Object.keys(inputs))
      return [
        { role: 'user', content: ask(shown, step) },
        { role: 'assistant', content: reply(step, example.outputs[step] ?? '') },
      ]
    }),
    { role: 'user', content: ask(inputs, step) },
  ]
}

interface StyleParts {
  layout: (step: string) => string
  ask: (inputs: Readonly<Record<string, string>>, step: string) => string
  reply: (step: string, answer: string) => string
}

const STYLE_PARTS: Readonly<Record<Style, StyleParts>> = {
  markers: {
    layout: (step) => `Reply with the field ${marker(step)} and end with ${marker('completed')}.`,
    ask: (inputs, step) =>
      [
        ...Object.entries(inputs).map(([name, value]) => `${marker(name)}\n${value}`),
        `Respond with the field ${marker(step)}, then with ${marker('completed')}.`,
      ].join('\n\n'),
    reply: (step, answer) => `${marker(step)}\n${answer}\n\n${marker('completed')}`,
  },
  'key-value': {
    layout: (step) => `Reply with one line:\n${step}: <word>`,
    ask: (inputs) =>
      Object.entries(inputs)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n'),
    reply: (step, answer) => `${step}: ${answer}`,
  },
  json: {
    layout: (step) => `Reply with a JSON object: {"${step}": "<word>"}`,
    ask: (inputs) => JSON.stringify(inputs),
    reply: (step, answer) => JSON.stringify({ [step]: answer }),
  },
}

function marker(name: string): string {
  return `[[ ## ${name} ## ]]`
}

function pick(values: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, values[key] ?? '']))
}
