import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** One piece of the talk between a process and its database, before it is passed on. */
export interface Piece {
  from: 'process' | 'database'
  /** Pieces in this direction since the cable was laid, this one included. */
  number: number
}

/** What stands between processes and their PostgreSQL: it can be cut, mended, held up and listened to. */
export interface DatabaseCable {
  port: number
  /** Every connection breaks and no new one comes about. */
  cut(): void
  mend(): void
  /** Called with every piece before it is passed on; false drops it and all that follows on its connection. */
  listen(listener: ((piece: Piece) => boolean) | null): void
  /** Nothing is passed on while held, though connections stay: a server that hangs. */
  hold(): void
  release(): void
  /** The same URL through the cable. */
  through(url: string): string
  close(): Promise<void>
}

export async function layCable(databasePort: number): Promise<DatabaseCable> {
  const pairs = new Set<[Socket, Socket]>()
  const counts = { process: 0, database: 0 }
  let listener: ((piece: Piece) => boolean) | null = null
  let isCut = false
  let isHeld = false
  const pass = (from: Piece['from'], source: Socket, target: Socket) => {
    source.on('data', (bytes) => {
      counts[from] += 1
      if (listener?.({ from, number: counts[from] }) === false) return void source.destroy()
      target.write(bytes)
    })
  }
  const server = createServer((near) => {
    if (isCut) return near.resetAndDestroy()
    const far = connect(databasePort, '127.0.0.1')
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    if (isHeld) for (const socket of pair) socket.pause()
    pass('process', near, far)
    pass('database', far, near)
    for (const socket of pair) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        pairs.delete(pair)
        for (const other of pair) other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const breakAll = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy()
      far.destroy()
    }
  }
  return {
    port,
    cut: () => {
      isCut = true
      breakAll()
    },
    mend: () => void (isCut = false),
    listen: (heard) => void (listener = heard),
    hold: () => {
      isHeld = true
      for (const pair of pairs) for (const socket of pair) socket.pause()
    },
    release: () => {
      isHeld = false
      for (const pair of pairs) for (const socket of pair) socket.resume()
    },
    through: (url) => Object.assign(new URL(url), { port: String(port) }).toString(),
    close: async () => {
      breakAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
