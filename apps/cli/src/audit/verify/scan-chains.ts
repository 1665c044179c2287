import { Worker } from 'node:worker_threads'

import type { AuditReader, AuditReaderOptions } from '@torghut/artifact-store'
import type { ScanResult } from '@torghut/audit'

import { runScan } from './scan-task.ts'
import type { ScanTask } from './scan-task.ts'

export interface ScanOptions {
  /** For a few rows: no thread is worth its start. */
  reader: AuditReader
  /** What each thread connects with; names the reader's snapshot. */
  threadReader: AuditReaderOptions
  threads: number
  onResult(task: ScanTask, result: ScanResult): void
}

/** Runs every task once, in this thread or spread over several. Rejects with the first failure of any. */
export async function scanChains(tasks: readonly ScanTask[], options: ScanOptions): Promise<void> {
  const waiting = [...tasks]
  if (options.threads === 0) {
    for (const task of waiting) options.onResult(task, await runScan(options.reader, task))
    return
  }
  const workers = Array.from({ length: options.threads }, () => startWorker(options.threadReader))
  try {
    await Promise.all(workers.map((worker) => feed(worker, waiting, options)))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function startWorker(workerData: AuditReaderOptions): Worker {
  return new Worker(new URL('./scan-worker.ts', import.meta.url), { workerData })
}

/** Gives a worker one task after another until none waits. */
function feed(worker: Worker, waiting: ScanTask[], { onResult }: ScanOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let task: ScanTask | undefined
    const next = () => {
      task = waiting.shift()
      if (task === undefined) resolve()
      else worker.postMessage(task)
    }
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`A thread of the verification ended with code ${code}`)))
    worker.on('message', (result: ScanResult) => {
      if (task !== undefined) onResult(task, result)
      next()
    })
    next()
  })
}
