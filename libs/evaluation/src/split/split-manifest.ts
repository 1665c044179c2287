import { LeakKind, Segment } from '@torghut/contracts'
import type { DatasetRow, SplitManifest, SplitRule } from '@torghut/contracts'

import { DatasetTally } from '../dataset/dataset-tally.ts'
import { LeakScan } from '../leaks/leak-scan.ts'
import type { LeakReport } from '../leaks/leak-scan.ts'
import type { SourceHistory } from '../leaks/source-history.ts'
import type { SplitPlan } from './split-planner.ts'

export type WrittenSplit =
  | { ok: true; manifest: SplitManifest; leaks: LeakReport }
  | { ok: false; code: 'leaks_found' | 'leaks_unchecked' | 'segment_empty'; leaks: LeakReport }

export interface SplitSubject {
  datasetHash: string
  rule: SplitRule
  history: SourceHistory | null
}

/**
 * Writes a planned split down while the set streams by once more, and scans it for leaks on the way. There is no
 * manifest for a split in which a leak was found, or a kind was not looked for: a check that cannot run is a failure.
 */
export class SplitWriter {
  readonly #plan: Extract<SplitPlan, { ok: true }>
  readonly #subject: SplitSubject
  readonly #scan: LeakScan
  readonly #tallies = { train: new DatasetTally(), validation: new DatasetTally(), test: new DatasetTally() }
  #index = 0

  constructor(plan: Extract<SplitPlan, { ok: true }>, subject: SplitSubject) {
    this.#plan = plan
    this.#subject = subject
    this.#scan = new LeakScan({ embargoSeconds: subject.rule.embargo_seconds, history: subject.history })
  }

  /** Takes the next row of the set, in its order; tells which part it went to. */
  add(row: DatasetRow): Segment | null {
    const segment = this.#plan.segmentOf(this.#index)
    this.#index += 1
    if (segment === null) return null
    this.#tallies[segment].add(row)
    this.#scan.add(row, segment)
    return segment
  }

  finish(): WrittenSplit {
    const leaks = this.#scan.finish()
    if (leaks.findings > 0) return { ok: false, code: 'leaks_found', leaks }
    if (leaks.kindsChecked.length < LeakKind.options.length) return { ok: false, code: 'leaks_unchecked', leaks }
    const [train, validation, test] = Segment.options.map((segment) => this.#tallies[segment].segment())
    if (!train || !validation || !test) return { ok: false, code: 'segment_empty', leaks }
    const manifest: SplitManifest = {
      schema_version: 'torghut.split-manifest.v1',
      dataset_hash: this.#subject.datasetHash,
      rule: this.#subject.rule,
      segments: { train, validation, test },
      left_out: this.#plan.leftOut,
      leaks_checked: leaks.kindsChecked,
    }
    return { ok: true, manifest, leaks }
  }
}
