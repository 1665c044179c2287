import { createHash, randomUUID } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { exampleSubmission } from '@torghut/contracts/testing'
import { freePort } from '@torghut/local-stack'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { startTorghut } from './support/run-torghut.ts'
import type { RunResult } from './support/run-torghut.ts'
import { removeFolder, startStack, temporaryFolder } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'

// Whole stacks start here, several in some tests, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const KEY = `key-${randomUUID()}`
const READER = `key-${randomUUID()}`

/** One stack that asks for keys; the commands know one of them, which must never be shown. */
let stack: RunningStack
let folder: string
beforeAll(async () => {
  folder = temporaryFolder()
  const key = (subject: string, secret: string, scopes: string[]) => ({
    subject,
    scopes,
    sha256: createHash('sha256').update(secret).digest('hex'),
  })
  const keys = [key('desk', KEY, ['review', 'read', 'operate']), key('reader', READER, ['read'])]
  writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys }))
  stack = await startStack({ env: { TORGHUT_API_KEYS_FILE: join(folder, 'keys.json') } })
})
afterAll(async () => {
  await stack.stop()
  removeFolder(folder)
})

async function torghut(args: string[], env: Record<string, string> = {}): Promise<RunResult> {
  const result = await startTorghut({ args, env }).result
  expect([...result.stdout, ...result.stderr].join('\n')).not.toContain(KEY)
  return result
}

const withKey = (...args: string[]) => torghut([...args, '--url', stack.api], { TORGHUT_API_KEY: KEY })

/** Usage errors and refusals: exit code 2, nothing on standard output, one line on standard error. */
function expectOneLine(result: RunResult, line: RegExp): void {
  expect(result).toMatchObject({ code: 2, stdout: [], stderr: [expect.stringMatching(line)] })
}

/** The commands a help page lists, without their arguments, as `controls list` below `controls`. */
function commandsIn(help: string[], parent: string[]): string[][] {
  const from = help.indexOf('Commands:')
  if (from < 0) return []
  const until = help.indexOf('', from)
  const names = help
    .slice(from + 1, until)
    .flatMap((line) => /^ {2}torghut (.+?)(?: {2,}|$)/.exec(line)?.[1] ?? [])
  return names
    .map((name) => name.split(' ').filter((word) => !/^[<[]/.test(word)))
    .filter((words) => words.length > parent.length)
}

test('every command and subcommand of torghut --help has --help, --json, and refuses unknown options', async () => {
  const help = await torghut(['--help'])
  expect(help.code).toBe(0)
  const waiting = commandsIn(help.stdout, [])
  const seen: string[] = []
  for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
    const [page, unknown] = await Promise.all([
      torghut([...command, '--help']),
      torghut([...command, '--no-such-option']),
    ])
    expect(page, command.join(' ')).toMatchObject({ code: 0, stderr: [] })
    const below = commandsIn(page.stdout, command)
    waiting.push(...below)
    seen.push(command.join(' '))
    if (below.length > 0) expectOneLine(await torghut(command), /^torghut: Say what to do: torghut /)
    else expect(page.stdout.join('\n'), command.join(' ')).toMatch(/^ +--json /m)
    expect(unknown, command.join(' ')).toMatchObject({
      code: 2,
      stdout: [],
      stderr: [expect.stringMatching(/^torghut: /)],
    })
  }
  const ours = [
    'up',
    'demo',
    'review',
    'controls',
    'doctor',
    'migrate',
    'completion',
    'controls list',
    'controls set',
    'controls clear',
  ]
  expect(seen).toEqual(expect.arrayContaining(ours))
}, 120_000)

const usage: [string[], RegExp][] = [
  [[], /^torghut: Say what to do: torghut --help lists the commands$/],
  [['dmo'], /^torghut: No such command\. Did you mean demo\?$/],
  [['xyzzy'], /^torghut: Unknown command: xyzzy$/],
  [['review'], /^torghut: Give --file a request, or --explain the id of a review$/],
  [['controls', 'lst'], /^torghut: No such command\. Did you mean list\?$/],
  [['controls', 'set', 'no_such_switch', '--reason', 'x'], /^torghut: Invalid values: .*"force_deterministic"/],
  [['controls', 'set', 'halt_new_risk'], /^torghut: Missing required argument: reason$/],
  [
    ['controls', 'set', 'halt_new_risk', '--reason', 'x', '--expires', 'soon'],
    /^torghut: "soon" is not a time: write 30m, 2h, 1d or /,
  ],
  [['up', '--port', 'http'], /^torghut: Port must be a whole number from 0 to 65535/],
  [['up', '--port', '65536'], /^torghut: Port must be a whole number from 0 to 65535/],
  [['migrate'], /^torghut: DATABASE_MIGRATION_URL is not set: /],
  [
    ['review', '--file', '/nowhere.json'],
    /^torghut: Cannot read "\/nowhere\.json" \(ENOENT\): give --file a request$/,
  ],
  [['review', '--file', '/proc/self/status'], /^torghut: "\/proc\/self\/status" is not JSON: /],
  [
    ['review', '--file', '/dev/null', '--url', 'localhost'],
    /^torghut: "localhost" is not the address of a review API: write --url http:\/\/host:port$/,
  ],
  [
    ['controls', 'list', '--api-key-file', '/nowhere'],
    /^torghut: Cannot read the key in "\/nowhere" \(ENOENT\)$/,
  ],
]

test.each(usage)('torghut %j ends with exit code 2 and one line', async (args, line) => {
  expectOneLine(await torghut(args), line)
})

test('torghut --version tells the version of its package', async () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../apps/cli/package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  expect(await torghut(['--version'])).toEqual({ code: 0, stdout: [version], stderr: [] })
})

test.each(['bash', 'zsh'])('torghut completion %s prints a script for that shell', async (shell) => {
  const { code, stdout } = await torghut(['completion', shell])
  expect(code).toBe(0)
  expect(stdout.join('\n')).toContain(shell === 'zsh' ? '#compdef torghut' : 'complete -o bashdefault')
  const { script } = JSON.parse((await torghut(['completion', shell, '--json'])).stdout.join('')) as {
    script: string
  }
  expect(script).toBe(`${stdout.join('\n')}\n`)
  if (shell === 'bash') expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0)
})

/** Writes a body, changed, to a file of its own and returns its path. */
function fileWith(body: unknown): string {
  const file = join(folder, `${randomUUID()}.json`)
  writeFileSync(file, JSON.stringify(body))
  return file
}

const entry = () => ({ ...exampleSubmission(), trade_decision_id: randomUUID() })

/** Reduces a position, so that no model is asked and no gate may veto it. */
function exit() {
  const body = entry()
  body.request.decision.action = 'sell'
  body.request.positions = [{ symbol: 'NVDA', qty: '10', side: 'long' }] as never
  return body
}

test('torghut review prints verdict and gates of a whole body, and exits 0 on an approve', async () => {
  const body = exit()
  const { code, stdout, stderr } = await withKey('review', '--file', fileWith(body))
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] })
  expect(stdout.join('\n')).toMatch(/verdict +│ approve/)
  expect(stdout.join('\n')).toContain('not asked (reducing)')
  expect(stdout.join('\n')).toContain(body.trade_decision_id)
  expect(stdout.join('\n')).toMatch(/│ gate .*│ outcome .*│ evidence/)
})

test('torghut review gives a bare request the same decision id every time', async () => {
  const { request } = entry()
  request.decision.rationale = `bare ${randomUUID()}`
  const file = fileWith(request)
  const [first, second] = [
    await withKey('review', '--file', file, '--json'),
    await withKey('review', '--file', file, '--json'),
  ]
  expect(first.stdout).toEqual(second.stdout)
  expect(JSON.parse(first.stdout.join(''))).toMatchObject({
    trade_decision_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5/),
  })
})

test('torghut review lists what the API refuses, by the paths of the file', async () => {
  const { request } = entry()
  request.decision.action = 'hold'
  Object.assign(request.market, { surprise: '\u001b[31m' })
  const file = fileWith(request)
  const { code, stdout, stderr } = await withKey('review', '--file', file)
  expect({ code, stdout }).toEqual({ code: 2, stdout: [] })
  expect(stderr).toEqual([
    expect.stringMatching(/^torghut: 422 enum: /),
    expect.stringMatching(/^ {2}decision\.action {2}enum {2}/),
    expect.stringMatching(/^ {2}market\.surprise {2}unknown_field {2}/),
  ])
  const asJson = await withKey('review', '--file', file, '--json')
  expect(asJson.code).toBe(2)
  expect(JSON.parse(asJson.stdout.join(''))).toMatchObject({
    status: 422,
    errors: [{ path: 'decision.action' }, { path: 'market.surprise' }],
  })
})

test('torghut review hands its deadline to the API', async () => {
  expectOneLine(
    await withKey('review', '--file', fileWith(entry()), '--deadline-ms', '49'),
    /^torghut: 400 invalid_deadline: /,
  )
  expect((await withKey('review', '--file', fileWith(exit()), '--deadline-ms', '50')).code).toBe(0)
})

test('torghut review without a key, and without an API, is refused in one line', async () => {
  const file = fileWith(entry())
  expectOneLine(
    await torghut(['review', '--file', file, '--url', stack.api]),
    /^torghut: 401 unauthenticated: /,
  )
  expectOneLine(
    await torghut(['review', '--file', file, '--url', stack.api], { TORGHUT_API_KEY: READER }),
    /^torghut: 403 forbidden: /,
  )
  const nobody = `http://127.0.0.1:${await freePort()}`
  expectOneLine(
    await torghut(['review', '--file', file, '--url', nobody]),
    /^torghut: No review API answers at .* \(ECONNREFUSED\): start one with torghut up, or give --url$/,
  )
  expectOneLine(
    await torghut(['review', '--file', file, '--url', stack.jangar]),
    /^torghut: .* answered 404, but not as a review API: check --url$/,
  )
})

test('torghut controls halts one symbol: its reviews are vetoed with exit code 1, exits still pass', async () => {
  writeFileSync(join(folder, 'key'), `${KEY}\n`)
  const controls = (...args: string[]) =>
    torghut(['controls', ...args, '--url', stack.api, '--api-key-file', join(folder, 'key')])
  const halt = ['halt_new_risk', '--symbol', 'NVDA']
  const set = await controls('set', ...halt, '--reason', 'bad day', '--expires', '2h')
  expect(set).toMatchObject({ code: 0, stdout: ['halt_new_risk set for symbol NVDA'] })
  const { stdout } = await controls('list')
  expect(stdout.join('\n')).toMatch(/halt_new_risk +│ symbol NVDA +│ SET +│ 20\d\d-.+│ desk .+│ bad day/)

  const halted = await reviewUntil('veto')
  expect(halted).toMatchObject({ code: 1, answer: { reason: 'new_risk_halted' } })
  expect((await withKey('review', '--file', fileWith(exit()))).code).toBe(0)

  expect(await controls('clear', ...halt, '--reason', 'over')).toMatchObject({
    code: 0,
    stdout: ['halt_new_risk cleared for symbol NVDA'],
  })
  expect(JSON.parse((await controls('list', '--json')).stdout.join(''))).toMatchObject({
    items: [{ name: 'halt_new_risk', value: false }],
  })
  const unscoped = await controls('set', 'pause_promotions', '--symbol', 'NVDA', '--reason', 'x')
  expect(unscoped).toMatchObject({ code: 2, stdout: [] })
  expect(unscoped.stderr.join('\n')).toMatch(
    /^torghut: 422 scope_not_applicable: .*\n {2}scope {2}scope_not_applicable /,
  )
})

/** A switch acts within two seconds; each try is a decision of its own. */
async function reviewUntil(verdict: string) {
  for (let tries = 0; ; tries += 1) {
    const { code, stdout } = await withKey('review', '--file', fileWith(entry()), '--json')
    const answer = JSON.parse(stdout.join('')) as { verdict: string; reason: string }
    if (tries === 4 || (answer.verdict === verdict && answer.reason === 'new_risk_halted'))
      return { code, answer }
  }
}

interface Findings {
  healthy: boolean
  findings: { check: string; state: string; found: string; advice: string | null }[]
}

async function doctor(env: Record<string, string>, ...args: string[]) {
  const { code, stdout, stderr } = await torghut(
    ['doctor', '--json', '--data-dir', stack.dataDir, ...args],
    env,
  )
  expect(stderr).toEqual([])
  return { code, ...(JSON.parse(stdout.join('')) as Findings) }
}

test('torghut doctor finds a running stack healthy, its database and its simulated model', async () => {
  const { code, healthy, findings } = await doctor({}, '--url', stack.api, '--jangar-url', stack.jangar)
  expect({ code, wrong: findings.filter(({ state }) => state === 'wrong') }).toEqual({ code: 0, wrong: [] })
  expect(healthy).toBe(true)
  const found = findings.map(({ check, found: words }) => `${check}: ${words}`)
  expect(found).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Node: v\d+/),
      expect.stringMatching(/^PostgreSQL: postgres \(PostgreSQL\) 18/),
      'embedded database: reachable, every migration is applied',
      'embedded database: role "torghut_app" owns nothing',
      expect.stringMatching(/^gateway: .* answers, the simulator \(simulated model\)$/),
      'model: "gpt-5.3-codex-spark" is offered',
      `review API: ${stack.api} is ready`,
    ]),
  )
  const table = await torghut(['doctor', '--data-dir', stack.dataDir])
  expect(table.code).toBe(0)
  expect(table.stdout.at(-1)).toBe('nothing is wrong')
})

const ailments: [
  string,
  () => Record<string, string>,
  string[],
  { check: string; found: RegExp; advice: RegExp },
][] = [
  [
    'a deprecated name',
    () => ({ LLM_ENABLED: 'true' }),
    [],
    { check: 'environment', found: /^LLM_ENABLED is no longer read$/, advice: /remove it$/ },
  ],
  [
    'a value that is none',
    () => ({ LLM_MIN_CONFIDENCE: 'high' }),
    [],
    { check: 'environment', found: /^LLM_MIN_CONFIDENCE is not usable$/, advice: /expected/ },
  ],
  [
    'a contradiction beside it',
    () => ({ LLM_MIN_CONFIDENCE: 'high', LLM_MAX_QTY_MULTIPLIER: '2' }),
    [],
    { check: 'environment', found: /^LLM_MAX_QTY_MULTIPLIER above 1/, advice: /set it to 1/ },
  ],
  [
    'names that nobody will fill in',
    () => ({ DATABASE_URL: stack.database, JANGAR_BASE_URL: stack.jangar }),
    [],
    { check: 'environment', found: /^not set: .*LLM_DSPY_ARTIFACT_HASH/, advice: /^set them/ },
  ],
  [
    'a password that is wrong',
    () => ({ DATABASE_URL: stack.database.replace(/:[^:@]+@/, ':hunter2@') }),
    [],
    {
      check: 'DATABASE_URL',
      found: /^PostgreSQL refuses the login/,
      advice: /^check user and password in DATABASE_URL$/,
    },
  ],
  [
    'a database that is away',
    () => ({ DATABASE_URL: 'postgres://u:p@127.0.0.1:9/x' }),
    [],
    { check: 'DATABASE_URL', found: /ECONNREFUSED/, advice: /^start PostgreSQL/ },
  ],
  [
    'a migration role that owns nothing',
    () => ({ DATABASE_MIGRATION_URL: stack.database }),
    [],
    { check: 'DATABASE_MIGRATION_URL', found: /does not own the tables$/, advice: /owns them$/ },
  ],
  [
    'a gateway that is away',
    () => ({}),
    ['--jangar-url', 'http://127.0.0.1:9'],
    { check: 'gateway', found: /does not answer/, advice: /^start it/ },
  ],
  [
    'a model the gateway lacks',
    () => ({ JANGAR_BASE_URL: stack.jangar, LLM_MODEL: 'other' }),
    [],
    { check: 'model', found: /^"other" is not offered \(gpt/, advice: /^set LLM_MODEL/ },
  ],
  [
    'a review API that is not there',
    () => ({}),
    ['--url', 'http://127.0.0.1:9'],
    { check: 'review API', found: /does not answer/, advice: /^start it/ },
  ],
  [
    'a stranger in its place',
    () => ({}),
    ['--url', 'GATEWAY'],
    { check: 'review API', found: /^something else answers/, advice: /another port$/ },
  ],
  [
    'a data directory below a file',
    () => ({}),
    ['--data-dir', '/proc/self/status/x'],
    { check: 'data directory', found: /cannot be written/, advice: /^check its owner/ },
  ],
]

test.each(ailments)(
  'torghut doctor finds %s and says what to do, with exit code 1',
  async (_what, env, args, { check, found, advice }) => {
    const { code, healthy, findings } = await doctor(
      env(),
      ...args.map((arg) => (arg === 'GATEWAY' ? stack.jangar : arg)),
    )
    expect({ code, healthy }).toEqual({ code: 1, healthy: false })
    expect(findings).toContainEqual({
      check,
      state: 'wrong',
      found: expect.stringMatching(found),
      advice: expect.stringMatching(advice),
    })
    expect(JSON.stringify(findings)).not.toContain('hunter2')
  },
)
