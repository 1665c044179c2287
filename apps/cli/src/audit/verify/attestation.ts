import type { AuditCheckpoint } from '@torghut/artifact-store'
import { CheckpointChain, isSignedBy } from '@torghut/audit'
import type { ChainPoint, Checkpoint, CheckpointFault, LogHead, SignedCheckpoint, TrustedKey } from '@torghut/audit'

/**
 * What is wrong with a signed checkpoint; `columns`: its row does not repeat it; `differs` and `missing`: the database
 * has not the one of the file; `none`: a key was given to check rows with, and nothing was signed.
 */
export interface CheckpointFinding {
  number: number
  fault: CheckpointFault | 'columns' | 'signature' | 'unknown_key' | 'differs' | 'missing' | 'none'
}

/** A checkpoint out of the database comes with what its row says beside the bytes. */
type ReadCheckpoint = SignedCheckpoint & Pick<AuditCheckpoint, 'columns'>

/**
 * What signed checkpoints say about the chains. Only those whose signature was checked with a trusted key count; the
 * others are looked at, and found fault with, but prove nothing.
 */
export class Attestation {
  readonly findings: CheckpointFinding[] = []
  /** What a log had come to at some moment, by table, in the order of the checkpoints. */
  readonly logHeads: (LogHead & { number: number })[] = []
  readonly #keys: ReadonlyMap<string, TrustedKey>
  readonly #points = new Map<string, Map<number, string[]>>()
  readonly #attested = new Map<string, number>()
  count = 0
  trusted = 0
  lastTakenAt: string | null = null

  constructor(keys: readonly TrustedKey[]) {
    this.#keys = new Map(keys.map((key) => [key.keyId, key]))
  }

  /** Reads a sequence of checkpoints, each the successor of the one before. */
  async readAll(checkpoints: AsyncIterable<ReadCheckpoint> | Iterable<ReadCheckpoint>): Promise<void> {
    const chain = new CheckpointChain()
    for await (const signed of checkpoints) {
      const { checkpoint, fault } = chain.accept(signed.bytes)
      const number = checkpoint?.number ?? chain.number + 1
      this.count += 1
      if (fault !== null) this.findings.push({ number, fault })
      if (checkpoint !== null) this.#judge(checkpoint, signed)
      if (checkpoint !== null && !repeats(signed.columns, checkpoint)) this.findings.push({ number, fault: 'columns' })
    }
  }

  /** Reads checkpoints that were kept outside, and holds those of the database against them. */
  async compare(kept: readonly SignedCheckpoint[], stored: AsyncIterable<SignedCheckpoint & { number: number }>): Promise<void> {
    const byNumber = new Map(kept.map((signed) => [numberOf(signed.bytes), signed]))
    for await (const { number, bytes } of stored) {
      const same = byNumber.get(number)
      if (same !== undefined && !Buffer.from(same.bytes).equals(bytes)) this.findings.push({ number, fault: 'differs' })
      byNumber.delete(number)
    }
    for (const number of byNumber.keys()) this.findings.push({ number, fault: 'missing' })
  }

  /** Adds what other checkpoints say, those that were kept outside the database. */
  include(other: Attestation): void {
    this.findings.push(...other.findings)
    this.logHeads.push(...other.logHeads)
    this.count = Math.max(this.count, other.count)
    this.trusted = Math.max(this.trusted, other.trusted)
    this.#noteTime(other.lastTakenAt)
    for (const [writerId, places] of other.#points) {
      for (const [seq, hashes] of places) for (const rowHash of hashes) this.#notePoint(writerId, seq, rowHash)
    }
  }

  /** Every writer a trusted checkpoint names. */
  writers(): string[] {
    return [...this.#points.keys()]
  }

  /** The last place of a chain that a trusted checkpoint names; 0 for none. */
  attestedSeq(writerId: string): number {
    return this.#attested.get(writerId) ?? 0
  }

  /** What trusted checkpoints say of a part of a chain; place 0 is its genesis hash. */
  points(writerId: string, fromSeq: number, toSeq: number): ChainPoint[] {
    const known = [...(this.#points.get(writerId) ?? [])].filter(([seq]) => seq >= fromSeq && seq <= toSeq)
    return known.flatMap(([seq, hashes]) => hashes.map((rowHash): ChainPoint => ({ seq, rowHash, from: 'checkpoint' })))
  }

  /** What was signed was said, also when its place among the others is not as it should be. */
  #judge(checkpoint: Checkpoint, { bytes, signature }: SignedCheckpoint): void {
    const key = this.#keys.get(checkpoint.key_id)
    if (key === undefined) {
      if (this.#keys.size > 0) this.findings.push({ number: checkpoint.number, fault: 'unknown_key' })
      return
    }
    if (!isSignedBy(key, bytes, signature)) this.findings.push({ number: checkpoint.number, fault: 'signature' })
    else this.#trust(checkpoint)
  }

  #trust({ number, taken_at: takenAt, heads, logs }: Checkpoint): void {
    this.trusted += 1
    this.#noteTime(takenAt)
    for (const log of logs) this.logHeads.push({ ...log, number })
    for (const { writer_id: writerId, seq, row_hash: rowHash } of heads) this.#notePoint(writerId, seq, rowHash)
  }

  #noteTime(takenAt: string | null): void {
    if (takenAt !== null && (this.lastTakenAt === null || takenAt > this.lastTakenAt)) this.lastTakenAt = takenAt
  }

  #notePoint(writerId: string, seq: number, rowHash: string): void {
    const places = this.#points.get(writerId) ?? new Map<number, string[]>()
    const hashes = places.get(seq) ?? []
    if (!hashes.includes(rowHash)) places.set(seq, [...hashes, rowHash])
    this.#points.set(writerId, places)
    this.#attested.set(writerId, Math.max(this.attestedSeq(writerId), seq))
  }
}

function repeats(columns: AuditCheckpoint['columns'], checkpoint: Checkpoint): boolean {
  if (columns === undefined) return true
  const { number, takenAt, previousHash, keyId } = columns
  const isSameTime = Number(takenAt) === Date.parse(checkpoint.taken_at)
  const { number: signed, previous_hash: previous, key_id: key } = checkpoint
  return isSameTime && number === signed && previousHash === previous && keyId === key
}

function numberOf(bytes: Uint8Array): number {
  const { number } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { number: number }
  return number
}
