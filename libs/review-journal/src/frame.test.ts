import { expect, test } from 'vitest'

import { FRAME_HEAD_BYTES, encodeFrame, scanFrames } from './frame.ts'

const payloads = ['first', 'second, and longer', '{"third":"TGJ1"}']
const frames = payloads.map((payload) => encodeFrame(Buffer.from(payload)).frame)
const file = Buffer.concat(frames)

function textsOf(bytes: Buffer): string[] {
  return scanFrames(bytes).frames.map(({ offset, length }) =>
    bytes.toString('utf8', offset + FRAME_HEAD_BYTES, offset + FRAME_HEAD_BYTES + length),
  )
}

test('scanFrames() finds every entry of a whole file and no damage', () => {
  expect(textsOf(file)).toEqual(payloads)
  expect(scanFrames(file).damaged).toEqual([])
})

test('scanFrames() finds the entries before a tail torn at any byte, and tells the tail', () => {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = frames
  for (let cut = 0; cut < file.length; cut += 1) {
    const whole = cut < first.length ? 0 : cut < first.length + second.length ? 1 : 2
    const torn = file.subarray(0, cut)
    expect(textsOf(torn)).toEqual(payloads.slice(0, whole))
    const durable = frames.slice(0, whole).reduce((sum, frame) => sum + frame.length, 0)
    expect(scanFrames(torn).damaged).toEqual(cut === durable ? [] : [{ offset: durable, length: cut - durable }])
  }
})

test('scanFrames() loses only the entry that a changed bit hit, whichever bit it is', () => {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = frames
  for (let at = first.length; at < first.length + second.length; at += 1) {
    const damaged = Buffer.from(file)
    damaged[at] = (damaged[at] ?? 0) ^ 0x10
    expect(textsOf(damaged)).toEqual([payloads[0], payloads[2]])
    expect(scanFrames(damaged).damaged).toEqual([{ offset: first.length, length: second.length }])
  }
})

test('scanFrames() is not led astray by a length beyond the file, nor by zeros a crash left', () => {
  const huge = Buffer.from(file)
  huge.writeUInt32BE(0xffffffff, 4)
  expect(textsOf(huge)).toEqual(payloads.slice(1))
  expect(textsOf(Buffer.concat([file, Buffer.alloc(4096)]))).toEqual(payloads)
})
