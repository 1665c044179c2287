import { z } from 'zod'

import { ValidationIssue } from './validation-issue.ts'

/** RFC 9457 body of every refused call. `code` is stable and meant for machines; `detail` says what to do. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  instance: z.string(),
  errors: z.array(ValidationIssue).optional(),
})
export type Problem = z.infer<typeof Problem>
