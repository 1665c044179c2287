import { encodeAnswer, encodeAnswerJson } from '@torghut/programs'

import { answerWorld, findOptionalWorldModel } from '../worlds/world-models.ts'
import type { Answer } from './argue.ts'
import { argue } from './argue.ts'
import { composeAnswer } from './compose-answer.ts'
import type { Character } from './judge.ts'
import { judge } from './judge.ts'
import type { PromptMessage, ReviewPrompt } from './read-prompt.ts'
import { readPrompt } from './read-prompt.ts'

/**
 * The simulated model's text for a prompt: a world's model plays its world, any other gives a framed
 * answer for a trade review, or for a member's part in one, and a sentence for anything else.
 */
export function respond(messages: readonly PromptMessage[], character: Character): string {
  const world = findOptionalWorldModel(character.model)
  if (world !== null) return answerWorld(world, messages)
  const prompt = readPrompt(messages)
  if (prompt === null) return NO_REVIEW
  const { output, spoilt } = prompt.task.name === 'decide' ? decide(prompt, character) : argue(prompt, character)
  const { fields } = prompt.task.shape
  const whole = { reasoning: REASONING, ...output }
  if (spoilt === 'unframed') return `Here is my review of the trade.\n\n${encodeAnswerJson(whole, fields)}`
  const answer = encodeAnswer(whole, prompt.nonce, fields)
  return spoilt === 'cut' ? answer.slice(0, Math.floor(answer.length / 2)) : answer
}

/** Shown only where the prompt asks for it. */
const REASONING = 'I looked at the figures of the request and at the rules I was told, one after the other.'

function decide(prompt: ReviewPrompt, character: Character): Answer {
  const judgement = judge(prompt, character)
  return { output: composeAnswer(prompt.request, judgement), spoilt: judgement.spoilt }
}

const NO_REVIEW =
  'I am a simulated model and only review trades. This prompt holds no trade review I can read.'
