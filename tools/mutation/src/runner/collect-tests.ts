import { expect } from 'vitest'

export { expect }

/** A test of the gates, to be called as often as there are mutants that it reaches. */
export interface CollectedTest {
  id: string
  name: string
  file: string
  body: () => unknown
}

type Body = (...row: unknown[]) => unknown
type Declare = (name: string, optionsOrBody: object | Body, body?: Body) => void

let file = ''
let collected: CollectedTest[] = []

/** All tests declared by the modules that `load` imports, one file after another. */
export async function collectTests(files: readonly string[], load: (file: string) => Promise<unknown>): Promise<CollectedTest[]> {
  collected = []
  for (const name of files) {
    file = name
    await load(name)
  }
  return collected
}

/** Stands in for the `test` of vitest in the modules of the gates: as much of it as they use. */
export const test = Object.assign(declaring(true), {
  skipIf: (isSkipped: boolean) => declaring(!isSkipped),
})

/** The same for `describe`: a group is its tests. */
export const describe = Object.assign((_name: string, declare: () => void) => declare(), {
  skipIf: (isSkipped: boolean) => (_name: string, declare: () => void) => (isSkipped ? undefined : declare()),
})

function declaring(isWanted: boolean) {
  const declare: Declare = (name, optionsOrBody, body) => {
    const run = body ?? (optionsOrBody as Body)
    if (isWanted) add(name, () => run())
  }
  const each = (rows: readonly unknown[]) => (name: string, run: Body) => {
    // As in vitest: only a table of nothing but lists is one of several columns.
    const hasColumns = rows.every(Array.isArray)
    for (const row of isWanted ? rows : []) add(name, () => (hasColumns ? run(...(row as unknown[])) : run(row)))
  }
  return Object.assign(declare, { each })
}

/** Rows of one table share a title, so the place in the file is part of the id. */
function add(name: string, body: () => unknown): void {
  collected.push({ id: `${file} #${collected.length} ${name}`, name: `${name} (#${collected.length})`, file, body })
}
