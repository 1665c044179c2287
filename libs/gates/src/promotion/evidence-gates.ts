import { LeakKind } from '@torghut/contracts'
import type { GateOutcome } from '@torghut/contracts'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import { errorOfRun, isLiveTarget } from './candidate.ts'
import type { Candidate } from './candidate.ts'

const HASH = /^[0-9a-f]{64}$/

/**
 * Blocks unless bytes, compile, replay and report all name one artifact (minimum policy, item 2: reproducible hash).
 */
export function checkReproducibility({ hashes, report }: Candidate): GateOutcome {
  const gate = 'reproducibility'
  return guarded(gate, () => {
    const named = { ...hashes, reported: report.artifact_hash }
    if (!Object.values(named).every((hash) => HASH.test(hash)))
      return denied(gate, 'deterministic_required_keys_missing', named)
    const isOne = new Set(Object.values(named)).size === 1
    return isOne ? passed(gate, named) : denied(gate, 'deterministic_artifact_hash_mismatch', named)
  })
}

/** Blocks a report about another data set or judged by another policy than it is offered with. */
export function checkBinding({ report, datasetHash, metricPolicyHash }: Candidate): GateOutcome {
  const gate = 'evidence-binding'
  return guarded(gate, () => {
    const evidence = { dataset_hash: report.dataset_hash, metric_policy_hash: report.metric_policy_hash }
    if (report.dataset_hash !== datasetHash) return denied(gate, 'dataset_hash_mismatch', evidence)
    if (report.metric_policy_hash !== metricPolicyHash) return denied(gate, 'metric_policy_hash_mismatch', evidence)
    return passed(gate, evidence)
  })
}

/** Blocks when a single verdict loosened the deterministic gates (minimum policy, item 4: zero bypasses). */
export function checkGateBypasses({ gateBypasses }: Candidate): GateOutcome {
  return checkNone('gate-bypasses', 'gate_bypass', gateBypasses)
}

/** Blocks when rows were lost to infrastructure: what was not scored may be what was hard. */
export function checkVoidRows({ report }: Candidate): GateOutcome {
  return checkNone('void-rows', 'void_rows', report.void_rows)
}

/** Blocks unless every kind of leak was looked for and none was found. A scan that did not run is a finding. */
export function checkLeaks({ leaks }: Candidate): GateOutcome {
  const gate = 'leaks'
  return guarded(gate, () => {
    const unchecked = LeakKind.options.filter((kind) => !leaks.kindsChecked.includes(kind))
    if (unchecked.length > 0) return denied(gate, 'leaks_unchecked', { unchecked })
    return checkNone(gate, 'leaks_found', leaks.findings)
  })
}

/**
 * Blocks unless this is an evaluation that still has error to spend, on rows nothing before it has seen: one
 * confirmatory run, and every further one at the smaller error the policy left for it.
 */
export function checkConfirmation(candidate: Candidate): GateOutcome {
  const gate = 'confirmation'
  return guarded(gate, () => {
    const error = errorOfRun(candidate)
    const evidence = { run: fact(candidate.run), error, seen_rows: fact(candidate.seenRows) }
    if (error === null)
      return denied(gate, 'error_spent', { ...evidence, runs_max: candidate.policy.errors_by_run.length })
    return candidate.seenRows === 0 ? passed(gate, evidence) : denied(gate, 'rows_seen_before', evidence)
  })
}

/** Blocks a live target that rests on no row later than the model's knowledge cut-off. */
export function checkContamination({ target, report }: Candidate): GateOutcome {
  const gate = 'contamination'
  return guarded(gate, () => {
    const evidence = {
      contaminated_rows: fact(report.contaminated_rows),
      uncontaminated_rows: fact(report.uncontaminated.rows),
    }
    if (!isLiveTarget(target) || report.uncontaminated.rows > 0) return passed(gate, evidence)
    return denied(gate, 'only_contaminated_rows', evidence)
  })
}

function checkNone(gate: string, name: string, count: number): GateOutcome {
  const evidence = { count: fact(count) }
  if (!(Number.isSafeInteger(count) && count >= 0)) return denied(gate, `${name}_missing`, evidence)
  return count === 0 ? passed(gate, evidence) : denied(gate, name, evidence)
}
