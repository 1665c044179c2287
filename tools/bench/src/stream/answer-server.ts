import { parentPort } from 'node:worker_threads'

import { startFakeGateway } from '@torghut/jangar-transport/testing'

import { answerWrites } from './answer-stream.ts'

/** The thread that serves the answer over HTTP, one write a delta, so that serving costs the readers no time. */
const gateway = await startFakeGateway([{ steps: answerWrites.map((send) => ({ send })) }])
parentPort?.postMessage(gateway.chatUrl)
