import fc from 'fast-check'
import type { GeneratorValue } from 'fast-check'

/** A wanted value, and whether it may stand bare on a line of its own, and between brackets. */
export interface SampleValue {
  text: string
  plain: boolean
  flowPlain: boolean
}

const bare = (text: string, flowPlain = true): SampleValue => ({ text, plain: true, flowPlain })
const quoted = (text: string): SampleValue => ({ text, plain: false, flowPlain: false })

/** Every kind of value that some writer of manifests once got wrong. */
export const SAMPLE_VALUES: readonly SampleValue[] = [
  ...['gpt-6', 'trade-review-committee-v1', 'v2', 'http://jangar.jangar.svc.cluster.local', 'a:b', 'a#b'].map(
    (text) => bare(text),
  ),
  ...["it's", 'say "so"', 'back\\slash', 'Grüße ✓', 'two words', 'config/a.yaml', `a${'1'.repeat(63)}`].map(
    (text) => bare(text),
  ),
  ...['a,b', 'x[0]', 'x{y}'].map((text) => bare(text, false)),
  ...[
    '1'.repeat(64),
    `1${'0'.repeat(30)}e${'2'.repeat(32)}`,
    '12e5',
    '8',
    '0x1f',
    '0o17',
    '017',
    '1_000',
  ].map(quoted),
  ...[
    'true',
    'Yes',
    'off',
    'null',
    '~',
    'n',
    '.5',
    '-1',
    '+3',
    '1:30',
    '2026-02-12',
    '2026-02-12T06:45:00Z',
    '.inf',
  ].map(quoted),
  ...[
    'a: b',
    'a #b',
    ' lead',
    'trail ',
    '- x',
    '*x',
    '&x',
    '!x',
    '|',
    '>',
    '@x',
    '%x',
    '`x',
    '#x',
    '"x',
    "'x",
    '[x',
    '{x',
  ].map(quoted),
  ...['? x', 'tab\tx', 'line\nline', 'colon:', ', x', '=', '<<'].map(quoted),
]

/** A place that must be refused, by the line it is on (counted from 1), or null. */
export interface RandomManifest {
  before: string
  /**
   * What must come out; names that were missing are not in it, `inserted` has each in the forms it may take.
   */
  after: string
  inserted: readonly (readonly string[])[]
  refusedLines: readonly number[]
  /** What must be read in the container afterwards. */
  env: ReadonlyMap<string, string | null>
}

/** Text as it is, and as it must be. */
interface Chunk {
  before: string
  after: string
  /** Lines of `before`, counted from 0, that must be refused. */
  refused?: readonly number[]
}

const same = (text: string): Chunk => ({ before: text, after: text })

interface Layout {
  dash: string
  /** Between a dash and its key. */
  gap: string
}

/**
 * Draws a manifest with the traps of real ones, and works out what must become of it, from the pins and
 * nothing else.
 */
export function randomManifest(
  g: GeneratorValue,
  pins: ReadonlyMap<string, SampleValue | null>,
): RandomManifest {
  const pick = <T>(items: readonly T[]): T => items[g(fc.nat, { max: items.length - 1 })] as T
  const layout = { dash: ' '.repeat(pick([10, 12, 14])), gap: pick([' ', ' ', '   ']) }
  const isMissing = new Map([...pins.keys()].map((name) => [name, pick([false, false, false, true])]))
  const entries = [
    ...[...pins]
      .filter(([name]) => isMissing.get(name) === false)
      .map(([name, value]) => pinnedEntry(pick, layout, name, value)),
    ...Array.from({ length: 1 + g(fc.nat, { max: 8 }) }, (_, index) =>
      same(fillerEntry(pick, layout, index)),
    ),
    same(boringEntries(layout, g(fc.nat, { max: 12 }))),
  ].toSorted(() => pick([-1, 1]))
  const env = pick([false, false, false, true]) ? flowList(pick, pins, isMissing) : entries
  const inFlow = env !== entries
  const chunks = [...before(pick), ...env, same(closing(pick))]
  const lines = chunks.map((chunk) => chunk.before.split('\n').length - 1)
  const refusedLines = chunks.flatMap(({ refused = [] }, index) => {
    const start = lines.slice(0, index).reduce((sum, count) => sum + count, 0)
    return refused.map((line) => start + line + 1)
  })
  const missing = [...pins].filter(([name, value]) => isMissing.get(name) === true && value !== null) as [
    string,
    SampleValue,
  ][]
  const finish = finisher(pick)
  return {
    before: finish(chunks.map((chunk) => chunk.before).join('')),
    after: finish(chunks.map((chunk) => chunk.after).join('')),
    inserted: missing.map(([name, value]) =>
      insertedTexts(layout, name, value, inFlow).map((text) => finish(text, true)),
    ),
    refusedLines,
    env: new Map([...pins].map(([name, value]) => [name, value?.text ?? null])),
  }
}

type Pick = <T>(items: readonly T[]) => T

/** Between brackets, or on lines of its own in the form of the entry beside it. */
function insertedTexts({ dash, gap }: Layout, name: string, value: SampleValue, inFlow: boolean): string[] {
  const braces = `{name: ${name}, value: ${value.flowPlain ? value.text : doubled(value.text)}}`
  if (inFlow) return [`, ${braces}`, `${braces}, `]
  const text = value.plain ? value.text : doubled(value.text)
  return [`${dash}-${gap}name: ${name}\n${dash} ${gap}value: ${text}\n`, `${dash}-${gap}${braces}\n`]
}

/** Line ends and the last line are the same before and after. */
function finisher(pick: Pick): (text: string, isPart?: boolean) => string {
  const lineBreak = pick(['\n', '\n', '\r\n'])
  const hasFinalBreak = pick([true, true, false])
  const mark = pick(['', '', '\ufeff'])
  return (text, isPart = false) => {
    const ended = hasFinalBreak || isPart ? text : text.replace(/\n+$/, '')
    return (isPart ? '' : mark) + ended.replaceAll('\n', lineBreak)
  }
}

const LOOKALIKE = `- name: LLM_MODEL\n  value: not-ours\n`

function before(pick: Pick): Chunk[] {
  const start = pick(['', '---\n', '# first\n\n', '%YAML 1.2\n---\n'])
  const others = pick([
    '',
    configMap(),
    otherService('v1', 'torghut'),
    otherService('serving.knative.dev/v1', 'elsewhere'),
  ])
  const header =
    `apiVersion: serving.knative.dev/v1\nkind: ${pick(['Service', '"Service"'])}\nmetadata:\n` +
    `  namespace: torghut # ours\n` +
    `  name: ${pick(['torghut', '"torghut"', "'torghut'"])}\nspec:\n  template:\n    spec:\n`
  const init = pick([
    '',
    `      initContainers:\n        - name: user-container\n          env:\n${indented(LOOKALIKE, 12)}`,
  ])
  const sidecar = pick(['', `        - name: side\n          env:\n${indented(LOOKALIKE, 12)}`])
  const own = `        - name: user-container # here\n          image: x\n          env:\n`
  return [same(start), same(others), same(`${header}${init}      containers:\n${sidecar}${own}`)]
}

function configMap(): string {
  return (
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: torghut}\ndata:\n  a.yaml: |\n` +
    `${indented(LOOKALIKE.repeat(3), 4)}---\n`
  )
}

function otherService(apiVersion: string, namespace: string): string {
  const env = indented(LOOKALIKE, 12)
  return (
    `apiVersion: ${apiVersion}\nkind: Service\nmetadata:\n  name: torghut\n  namespace: ${namespace}\n` +
    `spec:\n  template:\n` +
    `    spec:\n      containers:\n        - name: user-container\n          env:\n${env}---\n`
  )
}

function closing(pick: Pick): string {
  const ports = '          ports:\n            - containerPort: 8181\n'
  return (
    pick(['', ports, `${ports}        - name: after\n          env:\n${indented(LOOKALIKE, 12)}`]) +
    pick(['', '...\n', '# last\n'])
  )
}

function indented(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns))
}

function fillerEntry(pick: Pick, { dash, gap }: Layout, index: number): string {
  const name = `OTHER_${index}`
  const key = `${dash} ${gap}`
  const value = pick([
    'plain',
    '"5"',
    "'x'",
    '"a b"',
    'http://a:1/b',
    '"15:30:00"',
    '2026-02-12T06:45:00Z',
    '"#"',
  ])
  const simple = `${dash}-${gap}name: ${name}\n${key}value: ${value}\n`
  return pick([
    simple,
    simple,
    simple.repeat(1).replace(value, `${value} # why`),
    `${dash}-${gap}name: ${name}\n${key}valueFrom:\n${key}  secretKeyRef:\n${key}    name: s\n${key}    key: k\n`,
    `${dash}-${gap}name: ${name}\n${key}value: |\n${indented(LOOKALIKE, key.length + 2)}`,
    `${dash}-${gap}name: ${name}\n${key}value: >-\n${key}  [{"a": 1}]\n\n`,
    `${dash}-${gap}{name: ${name}, value: ${value === 'http://a:1/b' ? 'a' : value}}\n`,
    `\n${dash}# about it\n${dash}-${gap}value: ${value}\n${key}name: ${name}\n`,
    `${dash}-${gap}name: ${name}\n`,
  ])
}

/** A row of entries that all look the same, as most of a real list does. */
function boringEntries({ dash, gap }: Layout, count: number): string {
  const entry = (index: number) => `${dash}-${gap}name: BORING_${index}\n${dash} ${gap}value: "${index}"\n`
  return Array.from({ length: count }, (_, index) => entry(index)).join('')
}

function pinnedEntry(pick: Pick, { dash, gap }: Layout, name: string, wanted: SampleValue | null): Chunk {
  const key = `${dash} ${gap}`
  const above = pick(['', `${dash}# about ${name}\n`])
  const between = pick(['', '', `${key}# between\n`])
  const end = pick(['', ' # end'])
  const first = `${dash}-${gap}`
  const whole = (value: string) =>
    `${above}${first}name: ${name}${end}\n${between}${key}value: ${value}${end}\n`
  const gone = (text: string, comments = true): Chunk => ({
    before: `${comments ? above : ''}${text}`,
    after: '',
  })
  if (wanted === null) {
    const below = pick(['', `${key}# about it too\n`])
    const reference = `${first}name: ${name}\n${key}valueFrom: {secretKeyRef: {name: s, key: k}}\n`
    return gone(
      pick([
        `${first}name: ${name}\n${key}value: "true"\n${below}`,
        reference,
        `${first}{name: ${name}, value: x}${end}\n`,
      ]),
    )
  }
  const styles = stylesOf(wanted)
  const style = pick(styles)
  const at = `${above}${first}name: ${name}${end}\n${between}`.split('\n').length - 1
  const reversed = (value: string) => `${above}${first}value: ${value}${end}\n${between}${key}name: ${name}\n`
  const edit = (render: (value: string) => string): Chunk => ({
    before: render(style.before),
    after: render(style.after),
  })
  return pick<() => Chunk>([
    () => edit(whole),
    () => edit(whole),
    () => edit(reversed),
    () => edit((value) => whole(`&a${name.toLowerCase()} ${value}`)),
    () =>
      style.before === wanted.text
        ? same(whole(`!!str ${wanted.text}`))
        : edit((value) => whole(`!!str ${value}`)),
    () => blockEntry(`${above}${first}name: ${name}\n`, key, wanted, pick),
    () => emptyEntry(`${above}${first}name: ${name}${end}\n`, key, wanted, end),
    () => flowEntry(`${above}${first}`, name, wanted, end, pick),
    () =>
      refused(
        `${above}${first}name: ${name}\n${key}valueFrom: {secretKeyRef: {name: s, key: k}}\n`,
        above === '' ? 1 : 2,
      ),
    () => refused(whole('!!int 5'), at),
    () => refused(whole('[a, b]'), at),
  ])()
}

function refused(text: string, ...lines: readonly number[]): Chunk {
  return { before: text, after: text, refused: lines }
}

interface Style {
  before: string
  after: string
}

/**
 * How an old value may be written, and how the new one must then be. A value that is right already stays as
 * it is.
 */
function stylesOf({ text, plain }: SampleValue): Style[] {
  const canSingle = !/[\n\t]/.test(text)
  const single = canSingle ? `'${text.replaceAll("'", "''")}'` : doubled(text)
  return [
    { before: 'old', after: plain ? text : doubled(text) },
    { before: '8', after: plain ? text : doubled(text) },
    { before: "'old'", after: single },
    { before: '"old"', after: doubled(text) },
    { before: doubled(text), after: doubled(text) },
    ...(canSingle ? [{ before: single, after: single }] : []),
    ...(plain ? [{ before: text, after: text }] : []),
    ...(/^[a-z0-9.]+$/i.test(text) && !plain ? [{ before: text, after: doubled(text) }] : []),
  ]
}

function blockEntry(start: string, key: string, { text }: SampleValue, pick: Pick): Chunk {
  const fits = /^\S+( \S+)*$/.test(text)
  const mark = pick(['|', '>'])
  const header = `${mark}${pick(['', '-', '+'])}`
  const render = (head: string, value: string) => `${start}${key}value: ${head} # block\n${key}  ${value}\n`
  if (!fits) return refused(render(header, 'old'), start.split('\n').length - 1)
  return { before: render(header, 'old'), after: render(`${mark}-`, text) }
}

function emptyEntry(start: string, key: string, { text, plain }: SampleValue, end: string): Chunk {
  const value = plain ? text : doubled(text)
  return { before: `${start}${key}value:${end}\n`, after: `${start}${key}value: ${value}${end}\n` }
}

function flowEntry(
  start: string,
  name: string,
  { text, flowPlain }: SampleValue,
  end: string,
  pick: Pick,
): Chunk {
  const render = (value: string) => `${start}{name: ${name}, value: ${value}}${end}\n`
  const after = flowPlain ? text : doubled(text)
  return pick([
    { before: render('old'), after: render(after) },
    { before: render('"old"'), after: render(doubled(text)) },
    { before: `${start}{name: ${name}}${end}\n`, after: render(after) },
  ])
}

/** All of `env` between brackets. */
function flowList(
  pick: Pick,
  pins: ReadonlyMap<string, SampleValue | null>,
  isMissing: ReadonlyMap<string, boolean>,
): Chunk[] {
  const item = (name: string, value: string) => `{name: ${name}, value: ${value}}`
  const present = [...pins].filter(([name]) => isMissing.get(name) === false)
  const items = [
    ...present.map(([name, value]) => {
      const text = value?.flowPlain === true ? value.text : doubled(value?.text ?? '')
      return { before: item(name, 'old'), after: value === null ? null : item(name, text) }
    }),
    { before: item('OTHER_0', '"5"'), after: item('OTHER_0', '"5"') },
    { before: item('OTHER_1', 'x'), after: item('OTHER_1', 'x') },
  ].toSorted(() => pick([-1, 1]))
  const [separator, open, close] = pick([
    [', ', '[', ']'],
    [',\n              ', '[\n              ', '\n            ]'],
  ] as const)
  const list = (texts: readonly string[]) => `            ${open}${texts.join(separator)}${close}\n`
  const after = items.flatMap((each) => (each.after === null ? [] : [each.after]))
  return [{ before: list(items.map((each) => each.before)), after: list(after) }]
}

function doubled(text: string): string {
  return JSON.stringify(text)
}
