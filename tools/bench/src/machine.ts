import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** What the figures depend on as much as on us. */
export interface MachineFacts {
  measuredOn: string
  node: string
  platform: string
  cpu: string
  cores: number
  memoryGb: number
  /** The load average of the last minute before the first and after the last measurement. */
  loadBefore: number
  loadAfter: number
}

/** The facts of this machine; `measuredOn` is a date, and the load afterwards is read now. */
export function machineFacts(measuredOn: string, loadBefore: number): MachineFacts {
  return {
    measuredOn,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore,
    loadAfter: loadNow(),
  }
}

/** The load average of the last minute, to one place; 0 where the system has none. */
export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10
}
