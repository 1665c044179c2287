import { ReviewRequest } from '@torghut/contracts'
import { anySignature, defineProgram, defineSignature, share, signatureRegistry, text, tradeReview, word } from '../index.ts'

const newsMood = defineSignature({
  name: 'desk.news-mood.v1',
  reads: { request: ReviewRequest },
  answers: {
    mood: word(['calm', 'tense', 'panic'], 'how the news about this symbol reads'),
    weight: share('how much it should count for this trade'),
    because: text(280, 'why, in one sentence'),
  },
})
const deskReview = { ...tradeReview, name: 'desk.review.v1', reads: { request: ReviewRequest, mood: newsMood.output } }

export const program = defineProgram({
  name: 'desk-review', version: 'v1', model: 'gpt-5.3-codex-spark', output: 'review',
  nodes: {
    mood: { signature: newsMood, instructions: 'Read the market context and say how its news about the symbol reads.' },
    review: { signature: deskReview, role: 'policy_judge', mandatory: true, instructions: 'Review the trade. Mind the mood.' },
  },
})
export const signatures = signatureRegistry(anySignature(newsMood), anySignature(deskReview))
