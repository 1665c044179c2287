import { ManifestsError } from '../errors.ts'

/** Longest wait for an answer and the most of it that is read: the objects of a whole cluster stay below. */
const FETCH_MS = 15_000
const ANSWER_BYTES_MAX = 32 * 1024 * 1024

/** What a place on the network holds. Throws `ManifestsError` with one line that names the place and the reason. */
export async function fetchText(address: string, apiKey: string | null): Promise<string> {
  const headers = {
    accept: 'application/json',
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
  }
  try {
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(FETCH_MS) })
    if (!response.ok) throw new ManifestsError(`${address} answers ${response.status}`)
    return await readBounded(response)
  } catch (error) {
    if (error instanceof ManifestsError) throw error
    const { message, cause } = error as Error
    const reason = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : message
    throw new ManifestsError(`${address} cannot be read: ${reason ?? message}`, { cause: error })
  }
}

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > ANSWER_BYTES_MAX)
      throw new ManifestsError(`${response.url} answers with more than ${ANSWER_BYTES_MAX} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
