import type { AlertFamily } from '../inputs/owners.ts'

/** A page wakes somebody; a ticket waits for the morning. */
export type Severity = 'page' | 'ticket'

/** One alert: when it speaks, what it says, and the runbook step that says what to do. */
export interface AlertRule {
  alert: string
  family: AlertFamily
  severity: Severity
  /** PromQL; any result is a reason to speak. */
  expr: string
  /** How long the reason must hold, in minutes. */
  forMinutes: number
  summary: string
  /** A heading of the family's runbook page, as its anchor. */
  step: string
}

/** What expressions are made of: the scrape jobs of the two workloads and the pinned artifact. */
export interface AlertFacts {
  apiJob: string
  workerJob: string
  artifactHash: string
}
