import { Sha256, Timestamp } from '@torghut/contracts'
import { z } from 'zod'

/** Names of the files of a bundle; each is described in the format's reference page. */
export const BUNDLE_FILES = {
  rows: 'rows.jsonl.gz',
  writers: 'writers.jsonl',
  checkpoints: 'checkpoints.jsonl',
  policies: 'policies.jsonl',
  logs: 'logs.jsonl',
  keys: 'public-keys.pem',
  manifest: 'manifest.json',
} as const

/** What a bundle holds, with the SHA-256 of each of its files. */
export const BundleManifest = z.strictObject({
  format: z.literal('torghut.audit-bundle.v1'),
  /** `archive`: exactly the rows of one month, moved out of the database. */
  kind: z.enum(['export', 'archive']),
  month: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .nullable(),
  from: Timestamp,
  to: Timestamp,
  made_at: Timestamp,
  rows: z.int().min(0),
  files: z.record(z.string(), Sha256),
})
export type BundleManifest = z.output<typeof BundleManifest>
