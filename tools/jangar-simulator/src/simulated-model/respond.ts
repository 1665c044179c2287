import { encodeAnswer, encodeAnswerJson } from '@torghut/programs'

import { answerWorld, findOptionalWorldModel } from '../worlds/world-models.ts'
import { composeAnswer } from './compose-answer.ts'
import type { Character } from './judge.ts'
import { judge } from './judge.ts'
import type { PromptMessage } from './read-prompt.ts'
import { readPrompt } from './read-prompt.ts'

/**
 * The simulated model's text for a prompt: a world's model plays its world, any other gives a framed
 * answer for a trade review and a sentence for anything else.
 */
export function respond(messages: readonly PromptMessage[], character: Character): string {
  const world = findOptionalWorldModel(character.model)
  if (world !== null) return answerWorld(world, messages)
  const prompt = readPrompt(messages)
  if (prompt === null) return NO_REVIEW
  const judgement = judge(prompt, character)
  const output = composeAnswer(prompt.request, judgement)
  if (judgement.spoilt === 'unframed') return `Here is my review of the trade.\n\n${encodeAnswerJson(output)}`
  const answer = encodeAnswer(output, prompt.nonce)
  return judgement.spoilt === 'cut' ? answer.slice(0, Math.floor(answer.length / 2)) : answer
}

const NO_REVIEW =
  'I am a simulated model and only review trades. This prompt holds no trade review I can read.'
