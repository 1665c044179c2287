import { z } from 'zod'

const Risk = z.strictObject({
  id: z.string().regex(/^R-[1-9]\d{0,4}$/, 'expected R- and a number'),
  title: z.string().min(1).max(300),
  owner: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected a team or person as the pager knows it'),
  severity: z.enum(['low', 'medium', 'high']),
  status: z.enum(['open', 'accepted', 'closed']),
  openedOn: z.iso.date(),
  mitigation: z.string().min(1).max(500),
})
export type Risk = z.output<typeof Risk>

/** `config/risks.yaml`: what is known and not solved, with who answers for it. */
export const Risks = z.strictObject({ risks: z.array(Risk).max(1000) }).check(({ value: { risks }, issues }) => {
  const ids = risks.map(({ id }) => id)
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  if (twice === -1) return
  issues.push({ code: 'custom', message: 'is given twice', path: ['risks', twice, 'id'], input: ids[twice] })
})
export type Risks = z.output<typeof Risks>

/** What is not closed, in the order of the file. */
export function unresolvedRisks({ risks }: Risks): Risk[] {
  return risks.filter(({ status }) => status !== 'closed')
}
