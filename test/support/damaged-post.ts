import fc from 'fast-check'

/** Largest body the API reads. */
export const BODY_LIMIT_BYTES = 1024 * 1024

/** One post: bytes and the headers that matter. A null header is not sent. */
export interface Posted {
  bytes: Buffer
  contentType: { value: string | null; isJson: boolean }
  deadline: string | null
  idempotencyKey: string | null
}

/** Random damage, to be done to a valid body that is made when it is posted. */
export function damagedPost(): fc.Arbitrary<(valid: unknown) => Posted> {
  return fc
    .record({
      steps: fc.oneof(
        { weight: 1, arbitrary: fc.constant<Step[]>([]) },
        { weight: 5, arbitrary: damageStep().map((step) => [step]) },
        { weight: 4, arbitrary: fc.array(damageStep(), { minLength: 2, maxLength: 3 }) },
      ),
      inText: textDamage(),
      contentType: mostly({ value: 'application/json', isJson: true }, CONTENT_TYPES),
      deadline: mostly(null, DEADLINES),
      idempotencyKey: mostly(null, IDEMPOTENCY_KEYS),
    })
    .map(({ steps, inText, ...headers }) => (valid) => {
      // Posts and steps share their values, and a later step may damage what an earlier one put in.
      const body = steps.reduce<unknown>((soFar, step) => damaged(soFar, structuredClone(step)), valid)
      return { bytes: inText(toText(body)), ...headers }
    })
}

const CONTENT_TYPES = [
  ...['application/json; charset=utf-8', 'APPLICATION/JSON'].map((value) => ({ value, isJson: true })),
  ...['', 'text/plain', 'application/jsonp', 'application/x+json'].map((value) => ({ value, isJson: false })),
  ...[';;;', 'application/json, text/plain', '\u00ff/json', null].map((value) => ({ value, isJson: false })),
]

const DEADLINES = ['50', '49', '2000', '999999999', '9999999999', '1e3', '', '-50', '50.5', '0x64', '\u00b2', '50, 60']

const IDEMPOTENCY_KEYS = [
  ...['fuzz-one', 'fuzz-two', '__proto__', 'constructor', '~'.repeat(128), "';--", '%00'],
  ...['', 'two words', '\u00e9', 'k'.repeat(129), 'k'.repeat(8_000)],
]

/** The usual value, and one time in twenty an odd one. */
function mostly<T>(usual: T, odd: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 19, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) })
}

/** Text that JSON has no value for, put into the body as it is. */
const raw = (text: string) => `@raw(${text})@`

function toText(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"@raw\((.*?)\)@"/g, '$1')
}

const NUMBERS = [
  ...['1e400', '-1e400', '-0', '1E-400', '1e308', '9007199254740993', '0.1', '1.5', '-1', '1'.repeat(400)],
  ...['NaN', 'Infinity', '0x10', '01', '+1', '.5', '1.', '--1', '1_000', 'undefined', ''],
].map(raw)

const NESTS = [31, 32, 33, 3_000].flatMap((depth) => [
  raw('['.repeat(depth) + ']'.repeat(depth)),
  raw('{"a":'.repeat(depth) + '0' + '}'.repeat(depth)),
])

const TIMES = [
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '0001-01-01T00:30:00+01:00', '9999-12-31T23:59:59.999999999Z'],
  ...['2026-02-29T00:00:00Z', '2026-02-27T10:31:00-05:00', '1969-12-31T23:59:59Z', '2026-02-27T15:31:00.1234567890Z'],
]

const DECIMALS = [
  ...['0', '-0', '-1', '1e3', 'NaN', '0.00000001', '0.000000001', '１'],
  ...['9'.repeat(20), '9'.repeat(21), `-${'9'.repeat(20)}.5`],
]

const TEXTS = [
  ...['', ' ', 'sell', 'live', 'stop', '\u0000', '\ud800', '\udfff', '\u202e', '\ufeff', '%00', '../..', '</script>'],
  ...["'; DROP TABLE review_keys; --", 'x'.repeat(33), 'x'.repeat(129), 'x'.repeat(4_001), 'é'.repeat(5_000)],
]

const KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', '', '0', '-1', 'a.b', '\u0000', '\ud83d', '\n'],
  ...['asOf', 'as_of', 'qualityScore', 'quality_score', 'riskFlags', 'request', 'symbol', 'qty', 'k'.repeat(5_000)],
]

function junk(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown[]>(null, true, false, 0, 1, [], {}, [[]], [null], { a: 1 }),
    fc.constantFrom(...TEXTS, ...TIMES, ...DECIMALS),
    fc.constantFrom(...NUMBERS),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.jsonValue({ maxDepth: 3 }),
    { weight: 1, arbitrary: fc.constantFrom(...NESTS) },
  )
}

interface Step {
  at: number
  pick: number
  how: 'delete' | 'replace' | 'resemble' | 'rename' | 'add' | 'repeat' | 'wrap'
  key: string
  value: unknown
  times: number
}

function damageStep(): fc.Arbitrary<Step> {
  return fc.record({
    at: fc.nat(),
    pick: fc.nat(),
    how: fc.constantFrom('delete', 'replace', 'resemble', 'resemble', 'rename', 'add', 'repeat', 'wrap'),
    key: fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 12 })),
    value: junk(),
    times: fc.constantFrom(2, 5, 51, 65, 1_001),
  })
}

function damaged(body: unknown, step: Step): unknown {
  const places = [...placesIn(body)].filter(({ holder, key }) => step.how !== 'resemble' || isLeaf(holder[key]))
  const place = places[step.at % places.length]
  if (place === undefined) return step.value
  const { holder, key } = place
  const value = holder[key]
  const item = Array.isArray(value) && value.length > 0 ? value[0] : step.value
  if (step.how === 'replace') holder[key] = step.value
  if (step.how === 'resemble') holder[key] = resembling(value, step)
  if (step.how === 'wrap') holder[key] = [value]
  if (step.how === 'repeat') holder[key] = Array(Math.min(step.times, timesFitting(item))).fill(item)
  if (step.how === 'delete' || step.how === 'rename') Reflect.deleteProperty(holder, key)
  if (step.how === 'rename') Object.defineProperty(holder, step.key, { value, ...ORDINARY })
  if (step.how === 'add') Object.defineProperty(holder, step.key, { value: step.value, ...ORDINARY })
  return body
}

function isLeaf(value: unknown): boolean {
  return value === null || typeof value !== 'object'
}

/** Something of the same kind, so that a schema lets much of it through to what lies behind. */
function resembling(value: unknown, { pick, value: other }: Step): unknown {
  if (typeof value !== 'string') return typeof value === 'number' ? NUMBERS[pick % NUMBERS.length] : other
  const words = /^\d{4}-\d\d/.test(value) ? TIMES : /^-?\d/.test(value) ? DECIMALS : TEXTS
  return words[pick % words.length]
}

/** Larger bodies are refused by their size, which is a short story and costs a long time to tell. */
function timesFitting(item: unknown): number {
  return Math.ceil(20_000 / (JSON.stringify(item)?.length ?? 4))
}

/** An assignment to `__proto__` would not make a key. */
const ORDINARY = { enumerable: true, configurable: true, writable: true }

type Holder = Record<string, unknown>

function* placesIn(value: unknown): Generator<{ holder: Holder; key: string }> {
  if (isLeaf(value)) return
  for (const [key, child] of Object.entries(value as Holder)) {
    yield { holder: value as Holder, key }
    yield* placesIn(child)
  }
}

function textDamage(): fc.Arbitrary<(text: string) => Buffer> {
  const share = fc.integer({ min: 0, max: 999 }).map((thousandths) => thousandths / 1_000)
  const cut = share.map((at) => (text: string) => Buffer.from(text).subarray(0, Math.floor(at * text.length)))
  const bytes = fc.constantFrom('ff', 'c328', 'eda080', 'f4908080', '00', 'efbbbf', '5c7564383030', '2f2a2a2f', '22')
  const spoilt = fc
    .tuple(share, bytes)
    .map(([at, hex]) => (text: string) => inserted(Buffer.from(text), at, Buffer.from(hex, 'hex')))
  const twice = fc.tuple(fc.constantFrom(...KEYS), junk()).map(([key, value]) => (text: string) => {
    const pair = `${JSON.stringify(key)}:${toText(value)}`
    return Buffer.from(text.replace(/^\{/, () => `{${pair},${pair},`))
  })
  const other = fc.oneof(
    fc.constantFrom(...BODIES_OF_THEIR_OWN).map((body) => () => Buffer.from(body)),
    fc.uint8Array({ maxLength: 200 }).map((array) => () => Buffer.from(array)),
    fc.constantFrom(
      (text: string) => Buffer.from(text, 'utf16le'),
      (text: string) => Buffer.from(`\ufeff \n${text}\n `),
      (text: string) => Buffer.from(`${text}${text}`),
    ),
  )
  return fc.oneof(
    { weight: 75, arbitrary: fc.constant((text: string) => Buffer.from(text)) },
    { weight: 5, arbitrary: cut },
    { weight: 10, arbitrary: spoilt },
    { weight: 5, arbitrary: twice },
    { weight: 5, arbitrary: other },
  )
}

const BODIES_OF_THEIR_OWN = [
  ...['', ' ', 'null', '[]', '{}', '""', '0', 'true', 'x', '{', '"', '[1,]'],
  `"${'x'.repeat(BODY_LIMIT_BYTES)}"`,
]

function inserted(text: Buffer, at: number, bytes: Buffer): Buffer {
  const place = Math.floor(at * text.length)
  return Buffer.concat([text.subarray(0, place), bytes, text.subarray(place)])
}
