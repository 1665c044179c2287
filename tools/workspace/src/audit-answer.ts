import { z } from 'zod'

/** What asking for known vulnerabilities came to. */
export type AuditAnswer =
  | { kind: 'report'; lines: string[] }
  /** The registry offers no audits, or nobody answered: no statement about our packages either way. */
  | { kind: 'unavailable'; reason: string }
  | { kind: 'failed'; reason: string }

/** Statuses of a registry that has no audits (404, 405, 410, 501). */
const NOT_OFFERED = [404, 405, 410, 501]

/** How npm words that it never got an answer. */
const NO_ANSWER =
  /^request to .+ failed, reason: |^network timeout at: |\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT)\b/

/** Reads what `npm audit --json` printed. Whether findings are grave enough to fail is npm's exit code, not ours. */
export function readAuditAnswer(output: string): AuditAnswer {
  const answer = NpmAudit.safeParse(readJson(output))
  if (!answer.success) return { kind: 'failed', reason: 'npm audit printed something that is no report' }
  if ('vulnerabilities' in answer.data) {
    return { kind: 'report', lines: Object.values(answer.data.vulnerabilities).map(describe) }
  }
  const { message, statusCode } = answer.data
  return { kind: isUnavailable(message, statusCode) ? 'unavailable' : 'failed', reason: message }
}

const Advisory = z.object({ title: z.string(), url: z.string() })

const Vulnerability = z.object({
  name: z.string(),
  severity: z.string(),
  range: z.string(),
  // A text names another vulnerable package of the same report.
  via: z.array(z.union([z.string(), Advisory])),
})

const NpmAudit = z.union([
  z.object({ auditReportVersion: z.literal(2), vulnerabilities: z.record(z.string(), Vulnerability) }),
  z.object({ message: z.string(), statusCode: z.number().optional() }),
  z
    .object({ error: z.object({ summary: z.string() }) })
    .transform(({ error }) => ({ message: error.summary, statusCode: undefined })),
])

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function describe({ name, severity, range, via }: z.infer<typeof Vulnerability>): string {
  const causes = via.map((cause) => (typeof cause === 'string' ? `through ${cause}` : `${cause.title} (${cause.url})`))
  return `${severity}: ${name} ${range}: ${causes.join('; ')}`
}

/** A registry that is down (5xx) tells as little as one that has no audits; 401 and 403 are somebody's to mend. */
function isUnavailable(message: string, statusCode: number | undefined): boolean {
  if (statusCode === undefined) return NO_ANSWER.test(message)
  return NOT_OFFERED.includes(statusCode) || statusCode >= 500
}
