import { parentPort, workerData } from 'node:worker_threads'

import { AuditReader } from '@torghut/artifact-store'
import type { AuditReaderOptions } from '@torghut/artifact-store'

import { runScan } from './scan-task.ts'
import type { ScanTask } from './scan-task.ts'

/** A thread with a connection of its own: one task after another, each answered with what was found. */
async function main(): Promise<void> {
  if (parentPort === null) throw new TypeError('The scan worker runs as a thread')
  const port = parentPort
  const reader = await AuditReader.open(workerData as AuditReaderOptions)
  port.on('message', (task: ScanTask | null) => {
    if (task === null) void reader.close().then(() => port.close())
    else void runScan(reader, task).then((result) => port.postMessage(result), rethrow)
  })
}

/** Out of the promise, so that it reaches whoever started the thread as its `error`. */
function rethrow(error: unknown): void {
  setImmediate(() => {
    throw error
  })
}

main().catch(rethrow)
