// Verifies the audit bundle it lies in. It needs Node 20 or newer and nothing else: no package, no network, none of the
// code that wrote the bundle. Read it from top to bottom; it is the format's description in another form.
//
//   node verify.mjs [folder] [--key public-key.pem]
//
// Exit code 0: everything holds. 1: something does not, and each line says where. 2: the bundle could not be read.
//
// The bundle carries public keys for convenience. A key that arrived together with what it signs proves little: name one
// that you got another way with --key.

import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'

// ---------------------------------------------------------------------------------------------------------------------
// Hashes and canonical JSON

const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** JSON as RFC 8785 writes it: members sorted, no blanks, strings and numbers as ECMAScript spells them. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

/** The columns a row's hash covers; the others repeat something of the record. */
const HASHED = [
  'id', 'trade_decision_id', 'idempotency_key', 'strategy_id', 'symbol', 'verdict', 'reason', 'advice_verdict',
  'fallback_cause', 'llm_skipped', 'model', 'prompt_version', 'program_name', 'signature_version', 'artifact_hash',
  'artifact_kind', 'executor', 'arm', 'stage', 'clock', 'simulated', 'prompt_hash', 'request_hash', 'response_hash',
  'record_hash', 'hash_version', 'policy_hash', 'engine_version', 'event_at', 'known_at', 'reviewed_at', 'valid_until',
  'shadow_of', 'duplicate_of', 'writer_id', 'seq', 'prev_hash', 'created_at',
]

const rowHash = (row) => sha256(canonical(Object.fromEntries(HASHED.map((name) => [name, row[name]]))))

// ---------------------------------------------------------------------------------------------------------------------
// 1. The files are those the manifest names

const [folder, keyFile] = readArguments()
const problems = []
const complain = (text) => void problems.push(text)

const manifest = JSON.parse(read('manifest.json'))
if (manifest.format !== 'torghut.audit-bundle.v1') fail(`this script cannot read "${manifest.format}"`)
for (const [name, expected] of Object.entries(manifest.files)) {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(join(folder, name))) hash.update(piece)
  if (hash.digest('hex') !== expected) complain(`${name}: its SHA-256 is not the one in manifest.json`)
}

// ---------------------------------------------------------------------------------------------------------------------
// 2. The checkpoints: each is signed, names the one before, and its root is that of the heads it leads to

const keys = readKeys(keyFile ?? join(folder, 'public-keys.pem'))

/** What signed checkpoints say: writer, then place, then the row hash there. */
const attested = new Map()
/** The state the checkpoints lead to: one leaf a writer, in the order they were first named. */
let heads = new Map()
let previous = null
let signedCount = 0
let lastTakenAt = null
const logHeads = []

for (const line of lines('checkpoints.jsonl')) {
  const { checkpoint: text, signature } = JSON.parse(line)
  const checkpoint = JSON.parse(text)
  const where = `checkpoint ${checkpoint.number}`
  if (canonical(checkpoint) !== text) complain(`${where}: it is not canonical JSON`)
  if (previous === null && !checkpoint.complete) complain(`${where}: the first one does not list all heads`)
  if (previous !== null && checkpoint.number !== previous.number + 1) complain(`${where}: one before it is missing`)
  if (previous !== null && checkpoint.previous_hash !== previous.hash) complain(`${where}: it names another predecessor`)
  previous = { number: checkpoint.number, hash: sha256(text) }

  if (checkpoint.complete) heads = new Map()
  for (const head of checkpoint.heads) heads.set(head.writer_id, head)
  const leaves = [...heads.values()].map(({ writer_id, seq, row_hash }) => canonical({ writer_id, seq, row_hash }))
  if (leaves.length !== checkpoint.writers) complain(`${where}: it should name ${checkpoint.writers} writers`)
  if (merkleRoot(leaves).toString('hex') !== checkpoint.merkle_root) complain(`${where}: its root is not that of its heads`)

  const key = keys.get(checkpoint.key_id)
  if (key === undefined) complain(`${where}: it is signed with key ${checkpoint.key_id}, which is not here`)
  else if (!verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))) complain(`${where}: its signature is wrong`)
  else {
    signedCount += 1
    lastTakenAt = checkpoint.taken_at
    for (const { writer_id, seq, row_hash } of checkpoint.heads) {
      if (!attested.has(writer_id)) attested.set(writer_id, new Map())
      attested.get(writer_id).set(seq, row_hash)
    }
    for (const log of checkpoint.logs) logHeads.push({ ...log, number: checkpoint.number })
  }
}

/** RFC 6962, section 2.1: leaves and nodes begin with different bytes; a tree is split at the largest power of two below its size. */
function merkleRoot(leaves) {
  const digest = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
  if (leaves.length === 0) return digest()
  if (leaves.length === 1) return digest(Buffer.from([0]), Buffer.from(leaves[0]))
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return digest(Buffer.from([1]), merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)))
}

// ---------------------------------------------------------------------------------------------------------------------
// 3. The rows: each by itself, against the row before it, and against the checkpoints

const genesis = new Map()
for (const line of lines('writers.jsonl')) {
  const { genesis_hash: hash, ...facts } = JSON.parse(line)
  if (sha256(canonical(facts)) !== hash) complain(`writer ${facts.writer_id}: its genesis hash is not that of its registration`)
  if ((attested.get(facts.writer_id)?.get(0) ?? hash) !== hash) complain(`writer ${facts.writer_id}: a checkpoint names another genesis`)
  genesis.set(facts.writer_id, hash)
}

let rows = 0
let unproved = 0
/** The chain being read, and its rows since the last one that a checkpoint names. */
let chain = { writer: null, seq: 0, hash: null, open: 0 }

const rowText = createReadStream(join(folder, 'rows.jsonl.gz')).pipe(createGunzip())
for await (const line of createInterface({ input: rowText })) {
  const row = JSON.parse(line)
  const where = `writer ${row.writer_id} row ${row.seq}`
  rows += 1

  const request = Buffer.from(row.request_bytes, 'base64')
  const record = Buffer.from(row.response_bytes, 'base64')
  if (sha256(request) !== row.request_hash) complain(`${where}: the request is not the one that was hashed`)
  if (sha256(record) !== row.record_hash) complain(`${where}: the record is not the one that was hashed`)
  if (rowHash(row) !== row.row_hash) complain(`${where}: a column is not the one that was hashed`)
  for (const column of columnsUnlike(row, record)) complain(`${where}: ${column} does not repeat the record`)

  if (row.writer_id !== chain.writer) {
    unproved += chain.open
    chain = { writer: row.writer_id, seq: null, hash: null, open: 0 }
    if (!genesis.has(row.writer_id)) complain(`${where}: its writer is not in writers.jsonl`)
  }
  if (row.seq === 1 && row.prev_hash !== genesis.get(row.writer_id)) complain(`${where}: it does not begin its chain`)
  if (chain.seq !== null && row.seq !== chain.seq + 1) {
    // In an archived month this can be a row that a clock put into another month; in an export it is a missing row.
    if (manifest.kind === 'export') complain(`${where}: the row before it is ${chain.seq}`)
    unproved += chain.open
    chain.open = 0
  } else if (chain.seq !== null && row.prev_hash !== chain.hash) complain(`${where}: it does not follow the row before it`)

  // The hash of a row covers all rows before it, so a checkpoint that names this one proves those too.
  const named = attested.get(row.writer_id)?.get(row.seq)
  if (named !== undefined && named !== row.row_hash) complain(`${where}: checkpoints name another row here`)
  chain = { ...chain, seq: row.seq, hash: row.row_hash, open: named === row.row_hash ? 0 : chain.open + 1 }
}
unproved += chain.open
if (rows !== manifest.rows) complain(`rows.jsonl.gz: it has ${rows} rows, the manifest says ${manifest.rows}`)

/** Columns outside the row's hash: each has to say what the record says. */
function columnsUnlike(row, recordBytes) {
  let record
  try {
    record = JSON.parse(recordBytes.toString('utf8'))
  } catch {
    return ['every column']
  }
  const { advice, decision, usage } = record
  const adjusted = record.verdict === 'adjust' && decision !== null
  const expected = {
    confidence: advice?.confidence.toFixed(4) ?? null,
    rationale: advice?.rationale ?? null,
    risk_flags: advice?.risk_flags ?? [],
    adjusted_order_type: adjusted ? decision.order_type : null,
    tokens_prompt: usage?.tokens_prompt ?? null,
    tokens_completion: usage?.tokens_completion ?? null,
  }
  const unlike = Object.keys(expected).filter((name) => canonical(row[name]) !== canonical(expected[name]))
  // A quantity is the record's, with eight decimals.
  const quantity = (text) => (text === null ? null : text.replace(/^(-?)0+(?=\d)/, '$1').replace(/\.?0*$/, ''))
  if (quantity(row.adjusted_qty) !== quantity(adjusted ? withPoint(decision.qty) : null)) unlike.push('adjusted_qty')
  return unlike
}

function withPoint(decimal) {
  return decimal.includes('.') ? decimal : `${decimal}.`
}

// ---------------------------------------------------------------------------------------------------------------------
// 4. The policies the rows name, and the tables beside the reviews

for (const line of lines('policies.jsonl')) {
  const { policy_hash: hash, bytes } = JSON.parse(line)
  if (sha256(Buffer.from(bytes, 'base64')) !== hash) complain(`policy ${hash}: its bytes have another hash`)
}

const logs = new Map()
for (const line of lines('logs.jsonl')) {
  const { table, row } = JSON.parse(line)
  if (!logs.has(table)) logs.set(table, [])
  logs.get(table).push(row)
}
const faultyTables = new Set()
for (const { table, rows: count, until, hash, number } of logHeads) {
  const seen = (logs.get(table) ?? []).filter(({ at }) => at <= until)
  let expected = sha256(canonical({ table }))
  for (const row of seen) expected = sha256(canonical({ previous: expected, row }))
  if ((seen.length === count && expected === hash) || faultyTables.has(table)) continue
  faultyTables.add(table)
  complain(`table ${table}: its rows are not those that checkpoint ${number} saw`)
}

// ---------------------------------------------------------------------------------------------------------------------
// What came of it

for (const problem of problems.slice(0, 1000)) say(problem)
say(`${problems.length === 0 ? 'ok' : 'BROKEN'}: ${rows} rows, ${problems.length} problem(s)`)
say(`${rows - unproved} rows are proved by ${signedCount} signed checkpoint(s), the last taken at ${lastTakenAt}`)
say(`${unproved} row(s) stand behind the last place of their chain that a checkpoint names`)
process.exitCode = problems.length === 0 ? 0 : 1

function say(line) {
  process.stdout.write(`${line}\n`)
}

function readArguments() {
  const words = process.argv.slice(2)
  const at = words.indexOf('--key')
  const key = at === -1 ? null : words.splice(at, 2)[1]
  if (key === undefined || words.length > 1) fail('usage: node verify.mjs [folder] [--key public-key.pem]')
  return [words[0] ?? dirname(fileURLToPath(import.meta.url)), key]
}

/** Public keys by their id: SHA-256 of the key in DER. */
function readKeys(path) {
  const blocks = readOrFail(path).match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? []
  return new Map(
    blocks.map((pem) => {
      const key = createPublicKey(pem)
      return [sha256(key.export({ type: 'spki', format: 'der' })), key]
    }),
  )
}

function read(name) {
  return readOrFail(join(folder, name))
}

function lines(name) {
  return read(name).split('\n').filter((line) => line !== '')
}

function readOrFail(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return fail(`cannot read ${path} (${error.code})`)
  }
}

function fail(message) {
  process.stderr.write(`verify: ${message}\n`)
  process.exit(2)
}
