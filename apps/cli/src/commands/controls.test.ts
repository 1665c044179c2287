import { ControlName } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { CONTROL_NAMES } from './controls.ts'

test('CONTROL_NAMES are all the names of the contract', () => {
  expect(CONTROL_NAMES).toEqual(ControlName.options)
})
