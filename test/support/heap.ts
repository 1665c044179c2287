/**
 * Bytes of JavaScript heap in use after a full garbage collection of a process that was started with `--inspect`: the only
 * figure in which a leak is not hidden by garbage. `logLines` hold the address its inspector announced.
 */
export async function heapAfterCollection(logLines: readonly string[]): Promise<number> {
  const announced = logLines.map((line) => /Debugger listening on (ws:\S+)/.exec(line)?.[1]).find((url) => url !== undefined)
  if (announced === undefined) throw new Error(`No inspector was announced: ${logLines.join('\n')}`)
  const socket = new WebSocket(announced)
  try {
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', () => reject(new Error(`No inspector answers at ${announced}`)))
    })
    await ask(socket, 'HeapProfiler.enable')
    await ask(socket, 'HeapProfiler.collectGarbage')
    const { usedSize } = await ask(socket, 'Runtime.getHeapUsage')
    return Number(usedSize)
  } finally {
    socket.close()
  }
}

let asked = 0

async function ask(socket: WebSocket, method: string): Promise<Record<string, unknown>> {
  const id = (asked += 1)
  return new Promise((resolve, reject) => {
    const onMessage = ({ data }: MessageEvent) => {
      const answer = JSON.parse(String(data)) as { id?: number; result?: Record<string, unknown>; error?: { message: string } }
      if (answer.id !== id) return
      socket.removeEventListener('message', onMessage)
      if (answer.result === undefined) reject(new Error(answer.error?.message ?? method))
      else resolve(answer.result)
    }
    socket.addEventListener('message', onMessage)
    socket.send(JSON.stringify({ id, method }))
  })
}
