export { collapses, deletions, dropRepeats } from './damage.ts'
export { FAKE_TRACE, answeringTransport, failingTransport, throwingTransport } from './fake-transport.ts'
export type { FakeTransport } from './fake-transport.ts'
export { SAMPLE_NONCE, sampleOutput, sampleRequest } from './samples.ts'
