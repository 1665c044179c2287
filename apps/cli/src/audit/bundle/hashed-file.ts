import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'

/**
 * Writes lines to a new file, compressed when its name ends in `.gz`, and returns the SHA-256 of its bytes once they are on
 * the disk. Fails when the file is there already.
 */
export async function writeLines(path: string, lines: AsyncIterable<string> | Iterable<string>): Promise<string> {
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      hash.update(piece)
      done(null, piece)
    },
  })
  const text = Readable.from(ended(lines), { objectMode: true })
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  if (path.endsWith('.gz')) await pipeline(text, createGzip(), hashing, file)
  else await pipeline(text, hashing, file)
  await flush(path)
  return hash.digest('hex')
}

async function* ended(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Lines of a file as they are read, decompressed; `hash` tells the SHA-256 of the file's bytes after the last. */
export function readLines(path: string): { lines: AsyncIterable<string>; hash(): string } {
  const digest = createHash('sha256')
  const file = createReadStream(path)
  file.on('data', (piece) => digest.update(piece))
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  // `pipe` does not carry a failure over.
  file.on('error', (error) => text.destroy(error))
  return { lines: splitLines(text), hash: () => digest.digest('hex') }
}

async function* splitLines(text: NodeJS.ReadableStream): AsyncGenerator<string> {
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  text.on('error', failed.reject)
  const lines = createInterface({ input: text, crlfDelay: Infinity })[Symbol.asyncIterator]()
  for (;;) {
    const next = await Promise.race([lines.next(), failed.promise])
    if (next.done === true) return
    yield next.value
  }
}
