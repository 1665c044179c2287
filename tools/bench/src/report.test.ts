import { expect, test } from 'vitest'

import { pageReport, terminalReport } from './report.ts'
import type { Run } from './report.ts'

const run: Run = {
  machine: {
    measuredOn: '2026-01-02',
    node: 'v24.0.0',
    platform: 'linux x64',
    cpu: 'Some CPU',
    cores: 2,
    memoryGb: 8,
    loadBefore: 0.5,
    loadAfter: 1.5,
  },
  rounds: 3,
  reports: [
    {
      name: 'sample',
      title: 'A sample',
      about: 'Ours beside theirs.',
      simulated: true,
      measurements: [
        { what: 'theirs', unit: 'µs', rounds: [10, 12, 11], against: null },
        { what: 'ours', unit: 'µs', rounds: [20.123, 1234.5, 22], against: 'theirs' },
      ],
      notes: ['All answers were whole.'],
    },
  ],
}

test('pageReport() states machine, noise and simulation, and holds the figures as a table', () => {
  const page = pageReport(run)
  expect(page.slice(page.indexOf('Measured'))).toMatchInlineSnapshot(`
    "Measured 2026-01-02: 3 rounds, Node v24.0.0, linux x64, 2 cores (Some CPU), 8 GB.
    Load average 0.5 before and 1.5 after.

    ## A sample (simulated model)

    Ours beside theirs.

    | what | median | lowest to highest round | ratio | its spread | to |
    | --- | --- | --- | --- | --- | --- |
    | theirs | 11 µs | 10 to 12 |  |  |  |
    | ours | 22 µs | 20.1 to 1235 | 2.01 | 2 to 103 | theirs |

    All answers were whole.
    "
  `)
})

test('pageReport() says that the machine was busy above one runnable task a core, not at exactly one', () => {
  const withLoad = (loadAfter: number) => pageReport({ ...run, machine: { ...run.machine, loadAfter } })
  expect(withLoad(2)).not.toContain('more work than there are cores')
  expect(withLoad(2.1)).toContain('2.1 after. That is more work than there are cores')
})

test('terminalReport() prints the same figures', () => {
  const printed = terminalReport(run)
  for (const figure of ['A sample (simulated model)', '20.1 to 1235', '2.01', 'All answers were whole.']) {
    expect(printed).toContain(figure)
  }
})
