import { createJangarTransport } from '@torghut/jangar-transport'
import { afterAll, beforeAll, expect, test } from 'vitest'

import type { SimulatorProcess } from '../testing/start-process.ts'
import { startProcess } from '../testing/start-process.ts'
import { START_INSTRUCTION, rendererOf } from './difficulty/program.ts'
import { readFrozenWorlds } from './frozen.ts'
import { worldRows } from './model/rows.ts'
import { answerTask } from './model/task-call.ts'
import { namedWorld } from './model/testing/fixture.ts'

const world = namedWorld('mixed-1')
const rows = worldRows(world, 'test', 12)
const render = rendererOf({ instruction: START_INSTRUCTION, examples: [] }, 'key-value')

let served: SimulatorProcess
let twin: SimulatorProcess
let plain: SimulatorProcess
beforeAll(async () => {
  const starting = [
    startProcess('--worlds', '--world', 'mixed-own', '--world-calls', '14'),
    startProcess('--world', 'mixed-1', '--seed', 'other'),
    startProcess(),
  ]
  ;[served, twin, plain] = (await Promise.all(starting)) as [
    SimulatorProcess,
    SimulatorProcess,
    SimulatorProcess,
  ]
})
afterAll(async () => {
  await Promise.all([served, twin, plain].map((process) => process.stop()))
})

test('GET /openai/v1/models lists worlds only when they were asked for', async () => {
  const { worlds } = readFrozenWorlds()
  const names = await modelsOf(served)
  for (const name of [...worlds, 'mixed-own']) {
    expect(names).toContain(`world-${name}`)
    expect(names).toContain(`world-${name}-author`)
  }
  expect((await modelsOf(plain)).filter((name) => name.startsWith('world-'))).toEqual([])
  expect(await ask(plain, 'world-mixed-1', 0)).toMatchObject({ status: 400, code: 'model_not_found' })
})

test('a world answers alike through the transport, in another process and without one', async () => {
  const transport = createJangarTransport({
    chatUrl: `${served.url}/openai/v1/chat/completions`,
    apiKey: 'key-a',
  })
  for (const [index, { inputs }] of rows.entries()) {
    const messages = [...render('answer', inputs)] as {
      role: 'system' | 'user' | 'assistant'
      content: string
    }[]
    const result = await transport.complete({ model: 'world-mixed-1', messages }, { timeoutMs: 20_000 })
    const expected = answerTask(world, messages)
    expect(result.ok && result.content.trim()).toBe(expected)
    expect(await ask(twin, 'world-mixed-1', index)).toMatchObject({ status: 200, content: `\n${expected}` })
  }
  await transport.close()
})

test("a call over the budget of its key is refused in the gateway's own shape, and another key goes on", async () => {
  const roles = ['', '', ...Array<string>(12).fill('-author'), '']
  const answers = []
  for (const role of roles) answers.push(await ask(served, `world-mixed-own${role}`, 0, 'key-b'))
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(14).fill(200), 400])
  expect(answers.at(-1)).toMatchObject({ code: 'budget_exhausted' })
  expect(await ask(served, 'world-mixed-own', 0, 'key-c')).toMatchObject({ status: 200 })
  const page = (await (await fetch(`${served.url}/simulator/worlds`)).json()) as { accounts: unknown[] }
  expect(page).toMatchObject({ simulated: true, budget: { calls: 14, tokens: null } })
  expect(page.accounts).toContainEqual(
    expect.objectContaining({
      task: expect.objectContaining({ calls: 2 }),
      author: expect.objectContaining({ calls: 12 }),
      refused: 1,
    }),
  )
  expect(JSON.stringify(page)).not.toContain('key-b')
})

async function modelsOf({ url }: SimulatorProcess): Promise<string[]> {
  const response = await fetch(`${url}/openai/v1/models`)
  return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
}

async function ask({ url }: SimulatorProcess, model: string, index: number, key = 'key') {
  const response = await fetch(`${url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-trade-execution': 'torghut',
      authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({ model, messages: render('answer', rows[index]?.inputs ?? {}), stream: false }),
  })
  const text = await response.text()
  const json = JSON.parse(text.replace(/^data: /, '').split('\n\n')[0] ?? '') as {
    error?: { code: string }
    choices?: { message: { content: string } }[]
  }
  return { status: response.status, code: json.error?.code, content: json.choices?.[0]?.message.content }
}
