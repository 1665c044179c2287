import type { ProgramOutput } from '@torghut/contracts'
import { AdviceVerdict } from '@torghut/contracts'
import { decodeAnswer, extractFramedAnswer, findNonce } from '@torghut/programs'

import type { Task } from './task.ts'
import { readTask } from './task.ts'

export interface PromptMessage {
  role: string
  content: string
}

/** A worked example as a model sees it: a request and the verdict that was given. */
export interface ShownExample {
  request: Record<string, unknown>
  verdict: ProgramOutput['verdict']
}

/** What a trade review's prompt says, once its wording is left behind. */
export interface ReviewPrompt {
  instructions: string
  examples: ShownExample[]
  request: Record<string, unknown>
  nonce: string
  task: Task
  /** Whether the prompt says that an answer before this one was refused. */
  again: boolean
}

/** Reads the messages of a trade review; null when they are something else. */
export function readPrompt(messages: readonly PromptMessage[]): ReviewPrompt | null {
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const request = readRequest(messages[last]?.content ?? '')
  const instructions = messages
    .filter(({ role }) => role === 'system')
    .map(({ content }) => content)
    .join('\n\n')
  const nonce = findNonce(instructions)
  const task = readTask(instructions)
  if (request === null || nonce === null || task === null) return null
  const examples = readExamples(messages.slice(0, last), task)
  return { instructions, examples, request, nonce, task, again: AGAIN.test(instructions) }
}

const AGAIN = /^You answered this very request before\b/m

/**
 * The request is a line of JSON, alone or among other lines; a request inside an object named
 * `request` counts too.
 */
function readRequest(content: string): Record<string, unknown> | null {
  for (const line of content.split('\n')) {
    const json = line.trimStart().startsWith('{') ? parseJson(line) : null
    const request = isObject(json) && isObject(json['request']) ? json['request'] : json
    if (isObject(request) && isObject(request['decision'])) return request
  }
  return null
}

/** An example is a user message with a request, followed by an answer in the frame of any name. */
function readExamples(messages: readonly PromptMessage[], task: Task): ShownExample[] {
  return messages.flatMap((message, index): ShownExample[] => {
    const answer = messages[index + 1]
    if (message.role !== 'user' || answer?.role !== 'assistant') return []
    const request = readRequest(message.content)
    const verdict = readVerdict(answer.content, task)
    return request === null || verdict === null ? [] : [{ request, verdict }]
  })
}

function readVerdict(content: string, { shape }: Task): ProgramOutput['verdict'] | null {
  const name = /<answer-([A-Za-z0-9]+)>/.exec(content)?.[1]
  const framed = name === undefined ? null : extractFramedAnswer(content, name)
  const decoded = framed?.ok === true ? decodeAnswer(framed.text, shape) : null
  const verdict = AdviceVerdict.safeParse(decoded?.ok === true ? decoded.output['verdict'] : null)
  return verdict.success ? verdict.data : null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
