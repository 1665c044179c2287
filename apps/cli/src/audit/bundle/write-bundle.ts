import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { AuditReader, ChainRange, Stretch } from '@torghut/artifact-store'
import { publicPem, rowToLine } from '@torghut/audit'
import type { TrustedKey } from '@torghut/audit'
import { canonicalJson, sha256Hex } from '@torghut/contracts'

import { CliError } from '../../errors.ts'
import { BUNDLE_FILES } from './bundle-format.ts'
import type { BundleManifest } from './bundle-format.ts'
import { writeLines } from './hashed-file.ts'

export interface BundleOptions {
  reader: AuditReader
  /** A folder that is not there yet. */
  out: string
  kind: BundleManifest['kind']
  month: string | null
  stretch: Stretch
  /** The parts of chains to write, in this order. */
  ranges: readonly ChainRange[]
  /** Whether rows of a part that were written outside the stretch stay out. */
  onlyWritten: boolean
  /** Where checkpoints begin: a complete one. */
  fromCheckpoint: number
  keys: readonly TrustedKey[]
}

export interface WrittenBundle {
  manifest: BundleManifest
  /** SHA-256 of `manifest.json`, and so of everything it names. */
  manifestHash: string
}

/** The two files for people; the script needs nothing of ours. */
const TEXTS = ['verify.mjs', 'README.md'] as const

/** Writes a bundle that a third party can verify. Throws `CliError` when the folder is there already. */
export async function writeBundle(options: BundleOptions): Promise<WrittenBundle> {
  const { reader, out, kind, month, stretch, keys } = options
  await makeFolder(out)
  const counter = { rows: 0 }
  const files: Record<string, string> = {}
  const write = async (name: string, lines: AsyncIterable<string> | Iterable<string>) => {
    files[name] = await writeLines(join(out, name), lines)
  }
  await write(BUNDLE_FILES.rows, rowLines(options, counter))
  await write(BUNDLE_FILES.writers, await writerLines(reader))
  await write(BUNDLE_FILES.checkpoints, checkpointLines(reader, options.fromCheckpoint))
  await write(BUNDLE_FILES.policies, await policyLines(reader))
  await write(BUNDLE_FILES.logs, logLines(reader))
  await write(BUNDLE_FILES.keys, keys.map((key) => publicPem(key).trimEnd()))
  for (const name of TEXTS) await copyFile(fileURLToPath(new URL(`./shipped/${name}`, import.meta.url)), join(out, name))
  const manifest: BundleManifest = {
    format: 'torghut.audit-bundle.v1',
    kind,
    month,
    from: stretch.from.toISOString(),
    to: stretch.to.toISOString(),
    made_at: new Date().toISOString(),
    rows: counter.rows,
    files,
  }
  const text = `${canonicalJson(manifest)}\n`
  await writeFile(join(out, BUNDLE_FILES.manifest), text, { flag: 'wx', mode: 0o600, flush: true })
  return { manifest, manifestHash: sha256Hex(text) }
}

/** One line a checkpoint: what was signed, as text, and the signature. */
export async function* checkpointLines(reader: AuditReader, fromNumber: number): AsyncGenerator<string> {
  for await (const { bytes, signature } of reader.readCheckpoints(fromNumber)) {
    yield canonicalJson({ checkpoint: bytes.toString('utf8'), signature: signature.toString('base64') })
  }
}

async function makeFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { mode: 0o700 })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'it is there already' : code === 'ENOENT' ? 'its parent is not there' : code
    throw new CliError(`Cannot make the folder "${out}": ${why}`, { cause })
  }
}

async function* rowLines({ reader, ranges, onlyWritten, stretch }: BundleOptions, counter: { rows: number }) {
  for (const range of ranges) {
    for await (const rows of reader.readChain(range, onlyWritten ? stretch : undefined)) {
      for (const row of rows) {
        counter.rows += 1
        yield rowToLine(row)
      }
    }
  }
}

async function writerLines(reader: AuditReader): Promise<string[]> {
  return (await reader.listChains()).map(({ writerId, engineVersion, startedAt, genesisHash }) =>
    canonicalJson({
      writer_id: writerId,
      engine_version: engineVersion,
      started_at: startedAt.toISOString(),
      genesis_hash: genesisHash,
    }),
  )
}

async function policyLines(reader: AuditReader): Promise<string[]> {
  return (await reader.listPolicies()).map(({ policyHash, bytes }) =>
    canonicalJson({ policy_hash: policyHash, bytes: bytes.toString('base64') }),
  )
}

async function* logLines(reader: AuditReader): AsyncGenerator<string> {
  for (const table of reader.logs) for await (const row of reader.readLog(table)) yield canonicalJson({ table, row })
}
