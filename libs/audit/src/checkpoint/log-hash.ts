import { hashJson } from '@torghut/contracts'

/** A row of an append-only table as JSON: instants are ISO text with milliseconds, bytes are base64. */
export type LogRow = Readonly<Record<string, string | number | boolean | null>>

/** Hashes the rows of one table in the order it is read in, each over the hash before it. */
export class LogHash {
  #rows = 0
  #hash: string

  constructor(table: string) {
    this.#hash = hashJson({ table })
  }

  /** What the rows so far come to. */
  get head(): { rows: number; hash: string } {
    return { rows: this.#rows, hash: this.#hash }
  }

  add(row: LogRow): void {
    this.#rows += 1
    this.#hash = hashJson({ previous: this.#hash, row })
  }
}
