import { Timestamp } from '@torghut/contracts'

import { CliError } from '../errors.ts'

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The instant that "30m", "2h", "1d" from `now` or an ISO time means, in UTC. Throws `CliError` for anything else. */
export function expiryInstant(text: string, now: Date): string {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  if (count !== undefined) {
    return new Date(now.getTime() + Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]).toISOString()
  }
  const parsed = Timestamp.safeParse(text)
  if (parsed.success) return parsed.data
  throw new CliError(`"${text}" is not a time: write 30m, 2h, 1d or 2026-03-01T09:30:00Z`)
}
