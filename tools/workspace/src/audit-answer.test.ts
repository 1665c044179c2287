import { expect, test } from 'vitest'

import { readAuditAnswer } from './audit-answer.ts'

const advisory = { title: 'Reads too much', url: 'https://example.test/1', severity: 'high' }

test('readAuditAnswer() tells one line a vulnerable package', () => {
  const output = report({
    left: { name: 'left', severity: 'high', range: '<2.0.0', via: [advisory] },
    right: { name: 'right', severity: 'low', range: '*', via: ['left'] },
  })
  expect(readAuditAnswer(output)).toEqual({
    kind: 'report',
    lines: [
      'high: left <2.0.0: Reads too much (https://example.test/1)',
      'low: right *: through left',
    ],
  })
})

test('readAuditAnswer() reads a report without findings', () => {
  expect(readAuditAnswer(report({}))).toEqual({ kind: 'report', lines: [] })
})

test.each([
  [404, 'unavailable'],
  [405, 'unavailable'],
  [410, 'unavailable'],
  [499, 'failed'],
  [500, 'unavailable'],
  [501, 'unavailable'],
  [503, 'unavailable'],
  [400, 'failed'],
  [401, 'failed'],
  [403, 'failed'],
])('readAuditAnswer() takes status %d for %s', (statusCode, kind) => {
  const output = JSON.stringify({ message: `${statusCode} something`, statusCode })
  expect(readAuditAnswer(output)).toMatchObject({ kind, reason: `${statusCode} something` })
})

test.each([
  ['request to https://registry.test/ failed, reason: getaddrinfo ENOTFOUND registry.test', 'unavailable'],
  ['network timeout at: https://registry.test/', 'unavailable'],
  ['connect ECONNREFUSED 127.0.0.1:9', 'unavailable'],
  ['Cannot read properties of null', 'failed'],
])('readAuditAnswer() takes "%s" for %s', (message, kind) => {
  expect(readAuditAnswer(JSON.stringify({ message }))).toEqual({ kind, reason: message })
})

const NO_REPORT = 'npm audit printed something that is no report'

test.each([
  ['a missing lockfile', JSON.stringify({ error: { code: 'ENOLOCK', summary: 'No lockfile' } }), 'No lockfile'],
  ['no output', '', NO_REPORT],
  ['a report of another version', JSON.stringify({ auditReportVersion: 3, vulnerabilities: {} }), NO_REPORT],
])('readAuditAnswer() fails on %s', (_what, output, reason) => {
  expect(readAuditAnswer(output)).toEqual({ kind: 'failed', reason })
})

function report(vulnerabilities: object): string {
  return JSON.stringify({ auditReportVersion: 2, vulnerabilities })
}
