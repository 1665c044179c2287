import { canonicalJson, sha256Hex } from '@torghut/contracts'

import { CheckpointRefusedError } from '../errors.ts'
import { MerkleTree } from '../merkle/merkle-tree.ts'
import { COMPLETE_EVERY, Checkpoint, NO_CHECKPOINT } from './checkpoint.ts'
import type { CheckpointHead, LogHead } from './checkpoint.ts'

/** What is wrong with a checkpoint itself, whatever the chains hold. */
export type CheckpointFault =
  | 'unreadable'
  | 'not_canonical'
  | 'number'
  | 'previous_hash'
  | 'heads'
  | 'head_moved_back'
  | 'merkle_root'

/** What the process that signs knows at the moment it signs. */
export interface NextCheckpoint {
  takenAt: string
  /** The chains of all registered writers, in any order. */
  heads: readonly CheckpointHead[]
  logs: readonly LogHead[]
  keyId: string
}

/**
 * The state that the checkpoints up to one lead to: the head of every writer, and the tree over them. A reader begins
 * with the first checkpoint or with any complete one, whose own place it then takes as given.
 */
export class CheckpointChain {
  readonly #heads = new Map<string, CheckpointHead & { index: number }>()
  #tree = new MerkleTree()
  #last: { number: number; hash: string } | null = null

  /** The number of the checkpoint accepted last; 0 before the first. */
  get number(): number {
    return this.#last?.number ?? 0
  }

  /** Every writer's head as the last checkpoint has it. */
  heads(): CheckpointHead[] {
    return [...this.#heads.values()].map(({ writer_id, seq, row_hash }) => ({ writer_id, seq, row_hash }))
  }

  /**
   * The checkpoint to sign after the last one, not accepted yet. Throws `CheckpointRefusedError` when a chain is
   * shorter than it was, or a writer is gone.
   */
  next({ takenAt, heads, logs, keyId }: NextCheckpoint): Checkpoint {
    this.#requireProgress(heads)
    const moved = heads.filter((head) => !isSameHead(this.#heads.get(head.writer_id), head))
    const number = this.number + 1
    const complete = number % COMPLETE_EVERY === 1
    const after = this.#copyWith(moved)
    return {
      format: 'torghut.checkpoint.v1',
      number,
      taken_at: takenAt,
      previous_hash: this.#last?.hash ?? NO_CHECKPOINT,
      complete,
      heads: complete ? after.heads() : moved.toSorted(byWriter),
      writers: after.#tree.size,
      rows: after.heads().reduce((sum, { seq }) => sum + seq, 0),
      merkle_root: after.#tree.root(),
      logs: [...logs],
      key_id: keyId,
    }
  }

  /** Takes the next checkpoint as it was signed; null when it fits. After a fault it goes on from this one's own word. */
  accept(bytes: Uint8Array): { checkpoint: Checkpoint | null; fault: CheckpointFault | null } {
    const checkpoint = readCheckpoint(bytes)
    if (checkpoint === null) return { checkpoint, fault: 'unreadable' }
    const fault = this.#faultOf(checkpoint, bytes)
    if (checkpoint.complete) this.#forget()
    this.#apply(checkpoint.heads)
    this.#last = { number: checkpoint.number, hash: sha256Hex(bytes) }
    return { checkpoint, fault: fault ?? (this.#tree.root() === checkpoint.merkle_root ? null : 'merkle_root') }
  }

  #faultOf(checkpoint: Checkpoint, bytes: Uint8Array): CheckpointFault | null {
    if (canonicalJson(checkpoint) !== Buffer.from(bytes).toString('utf8')) return 'not_canonical'
    const begins = this.#last === null && checkpoint.complete
    if (!begins && checkpoint.number !== this.number + 1) return 'number'
    const previous = this.#last?.hash ?? (checkpoint.number === 1 ? NO_CHECKPOINT : null)
    if (previous !== null && checkpoint.previous_hash !== previous) return 'previous_hash'
    if (previous === null && !begins) return 'previous_hash'
    return this.#headFault(checkpoint)
  }

  #headFault({ heads, writers, complete }: Checkpoint): CheckpointFault | null {
    const back = heads.find(({ writer_id, seq }) => seq < (this.#heads.get(writer_id)?.seq ?? 0))
    if (back !== undefined) return 'head_moved_back'
    const named = new Set(heads.map(({ writer_id }) => writer_id))
    const known = [...this.#heads.keys()].filter((writerId) => named.has(writerId)).length
    if (complete && known < this.#heads.size) return 'heads'
    const total = this.#heads.size + named.size - known
    return named.size === heads.length && total === writers ? null : 'heads'
  }

  #requireProgress(heads: readonly CheckpointHead[]): void {
    const now = new Map(heads.map((head) => [head.writer_id, head]))
    for (const { writer_id: writerId, seq, row_hash: rowHash } of this.#heads.values()) {
      const problem = regression({ seq, rowHash }, now.get(writerId))
      if (problem !== null) throw new CheckpointRefusedError(`${problem} of writer "${writerId}"`)
    }
  }

  #copyWith(moved: readonly CheckpointHead[]): CheckpointChain {
    const copy = new CheckpointChain()
    copy.#apply(this.heads())
    copy.#apply(moved.toSorted(byWriter))
    return copy
  }

  #apply(heads: readonly CheckpointHead[]): void {
    for (const head of heads) {
      const index = this.#heads.get(head.writer_id)?.index ?? this.#heads.size
      this.#heads.set(head.writer_id, { ...head, index })
      this.#tree.set(index, leafOf(head))
    }
  }

  #forget(): void {
    this.#heads.clear()
    this.#tree = new MerkleTree()
  }
}

/** What of a chain is gone since a checkpoint named its end; null when it only grew. */
function regression({ seq, rowHash }: { seq: number; rowHash: string }, now: CheckpointHead | undefined): string | null {
  if (now === undefined) return 'the registration is gone'
  if (now.seq < seq) return `rows ${now.seq + 1} to ${seq} are gone`
  return now.seq === seq && now.row_hash !== rowHash ? `row ${seq} is another one` : null
}

/** The canonical JSON of a head: the content of its leaf. */
function leafOf({ writer_id, seq, row_hash }: CheckpointHead): string {
  return canonicalJson({ writer_id, seq, row_hash })
}

function readCheckpoint(bytes: Uint8Array): Checkpoint | null {
  try {
    return Checkpoint.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data ?? null
  } catch {
    return null
  }
}

function isSameHead(known: CheckpointHead | undefined, head: CheckpointHead): boolean {
  return known !== undefined && known.seq === head.seq && known.row_hash === head.row_hash
}

function byWriter(a: CheckpointHead, b: CheckpointHead): number {
  return a.writer_id < b.writer_id ? -1 : 1
}
