import { expect, test } from 'vitest'

import { createLogger } from './logger.ts'

test('createLogger() writes the event and its facts, and never a secret', () => {
  const lines: string[] = []
  const logger = createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } })
  logger.warn({ reason: 'x', jangar: { apiKey: 'sk-secret' }, authorization: 'Bearer sk-secret' }, 'Review fell back')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'Review fell back', reason: 'x', jangar: { apiKey: '[redacted]' } })
  expect(lines.join('')).not.toContain('sk-secret')
})
