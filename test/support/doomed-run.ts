import process from 'node:process'

import { openStore } from '@torghut/artifact-store'
import type { CompletionTransport } from '@torghut/contracts'
import { askedNode } from '@torghut/programs/testing'

import { runOfLifecycle } from './lifecycle-run.ts'

// Started as a process of its own, to be killed: it says which node asks, and never gets an answer to one of them.
const { applicationUrl, runId, stopAt } = JSON.parse(process.argv[2] ?? '') as { applicationUrl: string; runId: string; stopAt: string }

const silentAt = (answers: CompletionTransport): CompletionTransport => ({
  complete: (request, options) => {
    const node = askedNode(request)
    process.stdout.write(`${node}\n`)
    return node === stopAt ? new Promise(() => setInterval(() => undefined, 60_000)) : answers.complete(request, options)
  },
})

const store = await openStore({ applicationUrl })
await runOfLifecycle(runId, store.runCheckpoints, silentAt)
