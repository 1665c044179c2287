/** Too few labelled rows to claim a calibration. The caller goes on without a calibrator and says `uncalibrated`. */
export class TooFewCalibrationRowsError extends Error {
  override readonly name = 'TooFewCalibrationRowsError'
  readonly code = 'TOO_FEW_CALIBRATION_ROWS'
  readonly rows: number
  readonly rowsMin: number

  constructor(rows: number, rowsMin: number) {
    super(`Cannot fit a calibrator on ${rows} rows, at least ${rowsMin} are needed`)
    this.rows = rows
    this.rowsMin = rowsMin
  }
}
