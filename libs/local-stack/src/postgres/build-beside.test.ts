import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildBeside } from './build-beside.ts'

let place: string

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'torghut-build-'))
})

afterEach(() => rm(place, { recursive: true }))

async function make(yard: string, content: string): Promise<string> {
  const built = join(yard, 'thing')
  await mkdir(built)
  await writeFile(join(built, 'content'), content)
  return built
}

test('buildBeside() gives the target its name only when the build is complete', async () => {
  await buildBeside(join(place, 'target'), async (yard) => {
    const built = await make(yard, 'whole')
    expect(await readdir(place)).not.toContain('target')
    return built
  })
  expect(await readdir(place)).toEqual(['target'])
  expect(await readFile(join(place, 'target', 'content'), 'utf8')).toBe('whole')
})

test('buildBeside() leaves nothing behind when the build fails', async () => {
  const failing = buildBeside(join(place, 'target'), async (yard) => {
    await make(yard, 'half')
    throw new Error('no space left')
  })
  await expect(failing).rejects.toThrow('no space left')
  expect(await readdir(place)).toEqual([])
})

test('buildBeside() keeps what a faster builder made', async () => {
  await buildBeside(join(place, 'target'), async (yard) => {
    await buildBeside(join(place, 'target'), (other) => make(other, 'first'))
    return make(yard, 'second')
  })
  expect(await readFile(join(place, 'target', 'content'), 'utf8')).toBe('first')
  expect(await readdir(place)).toEqual(['target'])
})

test('buildBeside() removes the yards of dead processes, and of an earlier life with its own pid', async () => {
  const dead = 2 ** 22 + 1 // Above the largest pid that Linux hands out.
  await mkdir(join(place, `target.building-${dead}-00`))
  await mkdir(join(place, `target.building-${process.pid}-00`))
  await mkdir(join(place, `target.building-${process.ppid}-00`))
  await mkdir(join(place, `other.building-${dead}-00`))
  await buildBeside(join(place, 'target'), (yard) => make(yard, 'whole'))
  expect((await readdir(place)).sort()).toEqual([
    `other.building-${dead}-00`,
    'target',
    `target.building-${process.ppid}-00`,
  ])
})
