import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ChainScan, rowFromLine } from '@torghut/audit'
import type { ScanResult } from '@torghut/audit'
import { sha256Hex } from '@torghut/contracts'

import { CliError } from '../../errors.ts'
import type { Attestation } from '../verify/attestation.ts'
import type { Finding } from '../verify/audit-report.ts'
import { BUNDLE_FILES, BundleManifest } from './bundle-format.ts'
import { readLines } from './hashed-file.ts'

export interface ScannedArchive {
  month: string
  manifestHash: string
  results: Map<string, ScanResult>
  findings: Finding[]
}

/** Reads the rows of an archived month and checks each as if it came from the database. Throws `CliError`. */
export async function scanArchive(folder: string, attestation: Attestation): Promise<ScannedArchive> {
  const { manifest, manifestHash, month } = await readArchiveManifest(folder)
  const scans = new Map<string, ChainScan>()
  const { lines, hash } = readLines(join(folder, BUNDLE_FILES.rows))
  try {
    for await (const line of lines) {
      const row = rowFromLine(line)
      const scan = scans.get(row.writer_id) ?? newScan(row.writer_id, attestation)
      scans.set(row.writer_id, scan)
      scan.add(row)
    }
  } catch (cause) {
    throw unreadable(folder, cause)
  }
  const results = new Map([...scans].map(([writerId, scan]) => [writerId, scan.result]))
  const isSame = manifest.files[BUNDLE_FILES.rows] === hash()
  return { month, manifestHash, results, findings: isSame ? [] : [{ kind: 'archive', month, fault: 'manifest' }] }
}

function newScan(writerId: string, attestation: Attestation): ChainScan {
  const points = attestation.points(writerId, 0, Infinity)
  return new ChainScan({ writerId, points, attestedSeq: attestation.attestedSeq(writerId) })
}

async function readArchiveManifest(folder: string) {
  try {
    const text = await readFile(join(folder, BUNDLE_FILES.manifest), 'utf8')
    const manifest = BundleManifest.parse(JSON.parse(text))
    if (manifest.month === null) throw new TypeError('it is an export and not an archived month')
    return { manifest, manifestHash: sha256Hex(text), month: manifest.month }
  } catch (cause) {
    throw unreadable(folder, cause)
  }
}

function unreadable(folder: string, cause: unknown): CliError {
  const { code, name, message } = cause as NodeJS.ErrnoException
  const why = code ?? (name === 'ZodError' ? 'its manifest is none of ours' : message)
  return new CliError(`Cannot read the archive in "${folder}": ${why}`, { cause })
}
