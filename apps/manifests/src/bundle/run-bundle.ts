import { writeFileSync } from 'node:fs'
import process from 'node:process'

import { readSigningKey, readTrustedKey } from '@torghut/audit'
import type { Stage } from '@torghut/contracts'

import { FileRefusedError, ManifestsError } from '../errors.ts'
import { readFileOf } from '../inputs/read-file.ts'
import { readCommit } from './git-commit.ts'
import { signRecord } from './governance-bundle.ts'
import type { GovernanceRecord } from './governance-bundle.ts'
import { makeRecord } from './make-record.ts'
import { verifyRecord } from './verify-record.ts'

export interface BundleRun {
  root: string
  stage: Stage | undefined
  key: string | undefined
  metrics: string | undefined
  approvers: string | undefined
  out: string | undefined
  verify: string | undefined
  asJson: boolean
}

/** Writes and signs the bundle of a stage, or verifies one. Exit code 1 when the stage, as it stands, fails. */
export function runBundle(run: BundleRun): void {
  if (run.key === undefined) throw new ManifestsError('Give --key: a PEM of the Ed25519 key that signs, or whose signature counts')
  const pem = readFileOf(run.key)
  const record = run.verify === undefined ? write(run, run.key, pem) : verify(run.verify, run.key, pem)
  if (record.status === 'fail') process.exitCode = 1
  if (run.verify === undefined && run.out === undefined) return
  process.stdout.write(run.asJson ? `${JSON.stringify(summary(record))}\n` : `${lines(record).join('\n')}\n`)
}

function write({ root, stage, metrics, approvers, out }: BundleRun, keyFile: string, pem: string): GovernanceRecord {
  if (stage === undefined) throw new ManifestsError('Give --stage, or --verify with a bundle')
  const key = usable(keyFile, () => readSigningKey(pem))
  const record = makeRecord({
    root,
    stage,
    commit: readCommit(root),
    approversFile: approvers,
    metrics: metrics === undefined ? null : readFileOf(metrics),
  })
  const text = signRecord(record, key)
  if (out === undefined) process.stdout.write(text)
  else writeNew(out, text)
  return record
}

function verify(file: string, keyFile: string, pem: string): GovernanceRecord {
  return verifyRecord(file, readFileOf(file), [usable(keyFile, () => readTrustedKey(pem))])
}

/** The reason without the text: it may be a private key. */
function usable<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new FileRefusedError(file, null, 'is no PEM of an Ed25519 key that can be used here', { cause })
  }
}

function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (cause) {
    throw new FileRefusedError(path, null, `cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { cause })
  }
}

function summary({ stage, status, commit, image, artifacts, phases, slos, risks }: GovernanceRecord): object {
  return { stage, status, commit, image, artifacts, phases, slos, risks }
}

function lines({ stage, status, commit, image, artifacts, phases, slos, risks }: GovernanceRecord): string[] {
  return [
    `${stage}: ${status}`,
    `commit ${commit.sha}, image ${image.digest}${image.is_released ? '' : ' (no image was released)'}`,
    `artifact ${artifacts.pinned} (${artifacts.kind})`,
    ...phases.map(({ phase, status: of, detail }) => `${of.padEnd(4)}  ${phase}: ${detail}`),
    ...slos.map(({ slo, objective, status: of, detail }) => `${of.padEnd(10)}  ${slo}, ${objective}: ${detail}`),
    ...risks.map(({ id, severity, owner, title }) => `risk ${id} (${severity}, ${owner}): ${title}`),
  ]
}
