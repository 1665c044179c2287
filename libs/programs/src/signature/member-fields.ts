import { RATIONALE_LENGTH_MAX, REQUIRED_CHECKS } from '@torghut/contracts'

import { BAND_WORDS, VERDICT_WORDS } from '../answer/words.ts'
import { list, share, text, wordField } from './field.ts'

/** What every member of the committee answers, whatever else its node is for. */
export const memberFields = {
  verdict: wordField(VERDICT_WORDS, 'what to do with the trade, judged by your task alone'),
  confidence: share('how sure you are of the verdict'),
  uncertaintyBand: wordField(BAND_WORDS, 'how uncertain the situation is'),
  rationaleShort: text(RATIONALE_LENGTH_MAX, 'why, in a sentence that rests on what you were given'),
  requiredChecks: list(`checks to run before the order, out of: ${REQUIRED_CHECKS.join(', ')}`),
  riskFlags: list('risks you see, as short snake_case words'),
}
