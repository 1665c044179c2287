import type { CacheTableShape } from './cache-entries.ts'

/** Where outputs of nodes are cached: scope is the program, subject the node. */
export const NODE_RESULTS: CacheTableShape = {
  table: 'node_results',
  value: 'output',
  tags: { scope: 'program_name', subject: 'node_id', version: 'node_version' },
}
