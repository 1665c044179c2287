/** Rows came in an order that is not the set's: by decision time, then by row id. Whoever streams them has to sort. */
export class RowsOutOfOrderError extends Error {
  override readonly name = 'RowsOutOfOrderError'
  readonly code = 'ROWS_OUT_OF_ORDER'
  readonly rowId: string
  readonly previousRowId: string

  constructor(previousRowId: string, rowId: string) {
    super(`Row "${rowId}" does not come after "${previousRowId}"`)
    this.rowId = rowId
    this.previousRowId = previousRowId
  }
}
