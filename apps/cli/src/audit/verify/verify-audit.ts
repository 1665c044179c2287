import { availableParallelism } from 'node:os'
import process from 'node:process'

import { AuditReader } from '@torghut/artifact-store'
import type { StoredChain } from '@torghut/artifact-store'
import { joinRuns } from '@torghut/audit'
import type { ChainRun, ScanResult, SignedCheckpoint, TrustedKey } from '@torghut/audit'
import { genesisHash, sha256Hex } from '@torghut/contracts'

import { scanArchive } from '../bundle/scan-archive.ts'
import type { AuditReport, Finding } from './audit-report.ts'
import { Attestation } from './attestation.ts'
import { scanChains } from './scan-chains.ts'
import type { ScanTask } from './scan-task.ts'
import { verifyLogs } from './verify-logs.ts'

export interface VerifyOptions {
  databaseUrl: string
  /** Only this chain; null for all. */
  writerId: string | null
  keys: readonly TrustedKey[]
  /** Checkpoints that were kept outside the database; null when there are none. */
  checkpoints: readonly SignedCheckpoint[] | null
  /** Folders of archived months. */
  archives: readonly string[]
  /** Threads to hash in; null picks them by the rows and the cores. */
  threads: number | null
  /** Told how many rows have been read. */
  onProgress(rows: number): void
}

/** Rows of a part: small enough to spread, and for a statement to be over in a second or two. */
const PART_ROWS = 10_000

/** Fewer rows are read faster than threads start. */
const THREADS_FROM_ROWS = 20_000

/** Findings that are listed; beyond, they are counted. */
const LISTED_MAX = 1_000

/**
 * Verifies everything an audit rests on, as of one moment: the rows of every chain, that they are those the signed checkpoints
 * name, the checkpoints themselves, policies, and the logs beside the reviews. Throws `StoreUnavailableError` and what
 * an unreadable archive throws.
 */
export async function verifyAudit(options: VerifyOptions): Promise<AuditReport> {
  const startedMs = performance.now()
  const reader = await AuditReader.open({ url: options.databaseUrl })
  try {
    const audit = new Audit(reader, options)
    await audit.run()
    return audit.report((performance.now() - startedMs) / 1000)
  } finally {
    await reader.close()
  }
}

/** What has been found out so far. */
class Audit {
  readonly #reader: AuditReader
  readonly #options: VerifyOptions
  readonly #attestation: Attestation
  readonly #findings: Finding[] = []
  #findingCount = 0
  readonly #runs = new Map<string, ChainRun[]>()
  #chains: StoredChain[] = []
  #rows = 0
  #archivedRows = 0
  #unattested: Pick<ScanResult, 'unattestedRows' | 'unattestedSince'> = { unattestedRows: 0, unattestedSince: null }
  readonly #policies = new Set<string>()
  #threads = 0

  constructor(reader: AuditReader, options: VerifyOptions) {
    this.#reader = reader
    this.#options = options
    this.#attestation = new Attestation(options.keys)
  }

  async run(): Promise<void> {
    await this.#readCheckpoints()
    const chains = await this.#reader.listChains()
    this.#chains = chains.filter(({ writerId }) => this.#isMeant(writerId))
    await this.#checkWriters(chains)
    await this.#scanDatabase()
    await this.#scanArchives()
    for (const chain of this.#chains) this.#join(chain)
    this.#requireSigned()
    if (this.#options.writerId === null) await this.#checkTables()
  }

  report(seconds: number): AuditReport {
    const { unattestedRows, unattestedSince } = this.#unattested
    const { trusted, count, lastTakenAt } = this.#attestation
    const ageMs = unattestedSince === null ? null : Date.now() - Date.parse(unattestedSince)
    return {
      ok: this.#findingCount === 0,
      writers: this.#chains.length,
      rows: this.#rows,
      archived_rows: this.#archivedRows,
      findings: this.#findings,
      finding_count: this.#findingCount,
      attestation: {
        state: trusted > 0 ? 'attested' : count === 0 ? 'no_checkpoints' : 'no_key',
        checkpoints: count,
        trusted_checkpoints: trusted,
        last_checkpoint_at: lastTakenAt,
        attested_rows: this.#rows - unattestedRows,
        unattested_rows: unattestedRows,
        unattested_since: unattestedSince,
        unattested_seconds: ageMs === null ? null : Math.round(ageMs / 1000),
      },
      seconds: Math.round(seconds * 1000) / 1000,
      rows_per_second: Math.round(this.#rows / seconds),
      // Linux counts kibibytes.
      peak_rss_mib: Math.round(process.resourceUsage().maxRSS / 1024),
      threads: this.#threads,
    }
  }

  #isMeant(writerId: string): boolean {
    return this.#options.writerId === null || this.#options.writerId === writerId
  }

  #find(...findings: Finding[]): void {
    this.#findingCount += findings.length
    this.#findings.push(...findings.slice(0, LISTED_MAX - this.#findings.length))
  }

  async #readCheckpoints(): Promise<void> {
    const { checkpoints } = this.#options
    await this.#attestation.readAll(this.#reader.readCheckpoints())
    if (checkpoints !== null) {
      const kept = new Attestation(this.#options.keys)
      await kept.readAll(checkpoints)
      await kept.compare(checkpoints, this.#reader.readCheckpoints())
      this.#attestation.include(kept)
    }
    this.#find(...this.#attestation.findings.map((finding): Finding => ({ kind: 'checkpoint', ...finding })))
  }

  async #checkWriters(chains: readonly StoredChain[]): Promise<void> {
    const registered = new Set(chains.map(({ writerId }) => writerId))
    for (const { writerId, firstSeq, lastSeq } of await this.#reader.listUnregistered()) {
      if (this.#isMeant(writerId)) this.#findWriter('writer_missing', writerId, firstSeq, lastSeq)
    }
    for (const writerId of this.#attestation.writers()) {
      const lastSeq = this.#attestation.attestedSeq(writerId)
      if (this.#isMeant(writerId) && !registered.has(writerId)) this.#findWriter('writer_missing', writerId, 1, lastSeq)
    }
    for (const chain of this.#chains) {
      const points = this.#attestation.points(chain.writerId, 0, 0)
      const isSame = !Number.isNaN(chain.startedAt.getTime()) && chain.genesisHash === genesisHash(chain)
      const isAttested = points.every(({ rowHash }) => rowHash === chain.genesisHash)
      if (!isSame || !isAttested) this.#findWriter('writer_changed', chain.writerId, 0, 0)
    }
  }

  #findWriter(fault: 'writer_missing' | 'writer_changed' | 'unplaced', writerId: string, seq: number, lastSeq: number): void {
    this.#find({ kind: 'chain', writer_id: writerId, seq, last_seq: lastSeq, fault, column: null })
  }

  async #scanDatabase(): Promise<void> {
    const tasks = this.#chains.flatMap((chain) => this.#partsOf(chain))
    const total = this.#chains.reduce((sum, chain) => sum + chain.rows, 0)
    this.#threads = this.#options.threads ?? (total < THREADS_FROM_ROWS ? 0 : Math.min(availableParallelism(), 4))
    const snapshot = await this.#reader.exportSnapshot()
    const read = new Map<string, number>()
    await scanChains(tasks, {
      reader: this.#reader,
      threadReader: { url: this.#options.databaseUrl, snapshot },
      threads: this.#threads,
      onResult: ({ writerId }, result) => {
        this.#take(writerId, result)
        read.set(writerId, (read.get(writerId) ?? 0) + result.rows)
      },
    })
    // A row without a place is in no part.
    for (const { writerId, rows } of this.#chains) {
      if (rows !== (read.get(writerId) ?? 0)) this.#findWriter('unplaced', writerId, 0, 0)
    }
  }

  /** A chain in parts; one whose places were tampered with to be far apart is read in one, from end to end. */
  #partsOf({ writerId, rows, firstRowSeq, lastRowSeq }: StoredChain): ScanTask[] {
    if (firstRowSeq === null || lastRowSeq === null) return []
    if (lastRowSeq - firstRowSeq > rows + PART_ROWS) return [this.#part(writerId, -Infinity, Infinity)]
    const tasks: ScanTask[] = []
    for (let fromSeq = firstRowSeq; fromSeq <= lastRowSeq; fromSeq += PART_ROWS) {
      tasks.push(this.#part(writerId, fromSeq, Math.min(lastRowSeq, fromSeq + PART_ROWS - 1)))
    }
    return tasks
  }

  #part(writerId: string, fromSeq: number, toSeq: number): ScanTask {
    const attestedSeq = this.#attestation.attestedSeq(writerId)
    return { writerId, fromSeq, toSeq, attestedSeq, points: this.#attestation.points(writerId, fromSeq, toSeq) }
  }

  async #scanArchives(): Promise<void> {
    const given = new Map<string, string>()
    for (const folder of this.#options.archives) {
      const archive = await scanArchive(folder, this.#attestation)
      given.set(archive.month, archive.manifestHash)
      this.#find(...archive.findings)
      for (const [writerId, result] of archive.results) {
        if (!this.#isMeant(writerId)) continue
        this.#archivedRows += result.rows
        this.#take(writerId, result)
      }
    }
    for (const { month, manifestHash } of await this.#reader.listArchives()) {
      const hash = given.get(month)
      if (hash === undefined) this.#find({ kind: 'archive', month, fault: 'not_given' })
      else if (hash !== manifestHash) this.#find({ kind: 'archive', month, fault: 'manifest' })
    }
  }

  #take(writerId: string, result: ScanResult): void {
    this.#rows += result.rows
    this.#runs.set(writerId, [...(this.#runs.get(writerId) ?? []), ...result.runs])
    this.#find(...result.findings.map((finding): Finding => ({ kind: 'chain', ...finding })))
    this.#findingCount += result.findingCount - result.findings.length
    for (const hash of result.policies) this.#policies.add(hash)
    const { unattestedRows, unattestedSince: since } = this.#unattested
    const oldest = [since, result.unattestedSince].filter((at) => at !== null).sort()[0] ?? null
    this.#unattested = { unattestedRows: unattestedRows + result.unattestedRows, unattestedSince: oldest }
    this.#options.onProgress(this.#rows)
  }

  #join({ writerId, genesisHash: genesis, lastBatchSeq }: StoredChain): void {
    const attestedSeq = this.#attestation.attestedSeq(writerId)
    const expected = { writerId, genesisHash: genesis, lastBatchSeq, attestedSeq }
    const findings = joinRuns(expected, this.#runs.get(writerId) ?? [])
    this.#find(...findings.map((finding): Finding => ({ kind: 'chain', ...finding })))
  }

  /** Whoever gives a key expects signatures: without any, all of them may have been taken away. */
  #requireSigned(): void {
    const { count } = this.#attestation
    if (this.#options.keys.length > 0 && count === 0 && this.#rows > 0) this.#find({ kind: 'checkpoint', number: 1, fault: 'none' })
  }

  /**
   * A key is answered together with its review, so each one names a row here or in an archive. That shows where rows
   * were taken out together with all that says so in their chain; what their chain says already is not said again.
   */
  async #checkKeys(archivedRows: number): Promise<void> {
    const isKnown = this.#findings.some(({ fault }) => ['gap', 'tail', 'writer_missing'].includes(fault))
    const keys = await this.#reader.countLostKeys()
    if (keys > archivedRows && !isKnown) this.#find({ kind: 'keys', fault: 'lost', keys: keys - archivedRows })
  }

  async #checkTables(): Promise<void> {
    const logs = await verifyLogs(this.#reader, this.#attestation.logHeads)
    this.#find(...logs.map((finding): Finding => ({ kind: 'log', fault: 'rows', ...finding })))
    for (const { policyHash, bytes } of await this.#reader.listPolicies()) {
      if (sha256Hex(bytes) !== policyHash) this.#find({ kind: 'policy', policy_hash: policyHash, fault: 'bytes' })
      this.#policies.delete(policyHash)
    }
    for (const hash of this.#policies) this.#find({ kind: 'policy', policy_hash: hash, fault: 'missing' })
    const archives = await this.#reader.listArchives()
    await this.#checkKeys(archives.reduce((sum, { rowCount }) => sum + rowCount, 0))
  }
}
