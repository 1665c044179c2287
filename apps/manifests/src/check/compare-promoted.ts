import type { PinsFile } from '@torghut/contracts'

import { compared, finding } from './comparison.ts'
import type { Comparison, Finding } from './comparison.ts'
import type { Promoted } from './promoted.ts'
import type { RunningView } from './running.ts'

const PINS_PATH = 'config/deploy/pins.json'

/** Whether Git pins what was promoted. */
export function comparePinned(pins: PinsFile, promoted: Promoted): Comparison {
  const pairs = { LLM_DSPY_ARTIFACT_HASH: promoted.artifactHash, LLM_DSPY_PROGRAM_NAME: promoted.programName }
  const findings = Object.entries(pairs).flatMap(([name, value]): Finding[] =>
    pins.env[name] === value
      ? []
      : [
          finding(
            `${name} is pinned to ${String(pins.env[name])}, and ${promoted.source} promotes ${value}`,
            PINS_PATH,
            1,
          ),
        ],
  )
  return compared('pinned-promoted', findings)
}

/** Whether the process serves what was promoted, and serves it at all. */
export function compareServed({ artifact }: RunningView, promoted: Promoted): Comparison {
  const findings =
    artifact.hash === promoted.artifactHash
      ? []
      : [finding(`${artifact.hash} runs, and ${promoted.source} promotes ${promoted.artifactHash}`)]
  const unserved = artifact.verified
    ? []
    : [
        finding(
          `${artifact.hash} is pinned in the process and not served: ${artifact.reason ?? 'no reason given'}`,
        ),
      ]
  return compared('running-promoted', [...findings, ...unserved])
}
