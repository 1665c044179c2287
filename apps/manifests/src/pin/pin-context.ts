import { join } from 'node:path'

import { ManifestsError } from '../errors.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { readApprovers } from './approvers.ts'
import type { PinContext } from './verify-promotion.ts'

/**
 * What evidence is held against in this deployment. Another list of approvers is for stacks of one machine: in live only
 * the committed one counts. Throws `ManifestsError` and `FileRefusedError`.
 */
export function pinContext(root: string, { pins, deploy }: Inputs, approversFile: string | undefined): PinContext {
  const { tradingMode } = deploy
  if (approversFile !== undefined && tradingMode === 'live')
    throw new ManifestsError('--approvers is for paper: in live only config/deploy/approvers.yaml counts')
  return { pins, tradingMode, approvers: readApprovers(approversFile ?? join(root, 'config/deploy/approvers.yaml')) }
}
