import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { convergeFiles } from './converge-files.ts'
import { ManifestChangedError, PartlyWrittenError } from './errors.ts'
import { readManifestFile } from './manifest-file.ts'
import { pinsOf, service } from './testing/service.ts'
import { writeFiles } from './write-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torghut-converge-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const OLD = service('- name: LLM_MODEL\n  value: old\n')
const NEW = OLD.replace('value: old', 'value: new')
const PINS = pinsOf({ LLM_MODEL: 'new' })
const WRITE = { isCheck: false, removeDeprecated: false }

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

test('convergeFiles() keeps the mode and leaves nothing beside the file', async () => {
  const path = file('m.yaml', OLD)
  chmodSync(path, 0o640)
  await convergeFiles([path], PINS, WRITE)
  expect(readFileSync(path, 'utf8')).toBe(NEW)
  expect(statSync(path).mode & 0o7777).toBe(0o640)
  expect(readdirSync(folder)).toEqual(['m.yaml'])
})

test('convergeFiles() does not touch a file that is right, nor any file under a check', async () => {
  const right = file('right.yaml', NEW)
  const inode = statSync(right).ino
  await convergeFiles([right], PINS, WRITE)
  expect(statSync(right).ino).toBe(inode)
  const wrong = file('wrong.yaml', OLD)
  const checked = await convergeFiles([wrong], PINS, { ...WRITE, isCheck: true })
  expect(checked.files[0]!.after).toBe(NEW)
  expect(readFileSync(wrong, 'utf8')).toBe(OLD)
})

test.each([
  ['a byte order mark', '\ufeff', (text: string) => text],
  ['CRLF line ends', '', (text: string) => text.replaceAll('\n', '\r\n')],
  ['a missing final line break', '', (text: string) => text.trimEnd()],
  ['all of them', '\ufeff', (text: string) => text.trimEnd().replaceAll('\n', '\r\n')],
])('convergeFiles() keeps %s', async (_what, mark, change) => {
  const path = file('m.yaml', mark + change(OLD))
  await convergeFiles([path], pinsOf({ LLM_MODEL: 'new', LLM_DSPY_PROGRAM_NAME: 'p' }), WRITE)
  const added = `${NEW}            - name: LLM_DSPY_PROGRAM_NAME\n              value: p\n`
  expect(readFileSync(path, 'utf8')).toBe(mark + change(added))
})

test('convergeFiles() writes through a link, which stays one, and a file named twice once', async () => {
  mkdirSync(join(folder, 'real'))
  const real = file('real/m.yaml', OLD)
  const link = join(folder, 'link.yaml')
  symlinkSync('real/m.yaml', link)
  const { files } = await convergeFiles([link, real, link], PINS, WRITE)
  expect(files).toHaveLength(1)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readFileSync(real, 'utf8')).toBe(NEW)
})

test('convergeFiles() writes nothing when one of several files is refused', async () => {
  const good = file('good.yaml', OLD)
  const bad = file('bad.yaml', 'a: [\n')
  await expect(convergeFiles([good, bad], PINS, WRITE)).rejects.toThrow(`${bad}:2: Cannot read this as YAML`)
  expect(readFileSync(good, 'utf8')).toBe(OLD)
})

test('convergeFiles() looks at the kustomization beside a file', async () => {
  const path = file('base.yaml', OLD)
  const patch = file('patch.yaml', OLD.replace('value: old', 'value: patched'))
  file('kustomization.yaml', 'resources: [base.yaml]\npatches: [{path: patch.yaml}]\n')
  await expect(convergeFiles([path], PINS, WRITE)).rejects.toThrow(
    /patch\.yaml:12: Cannot converge LLM_MODEL/,
  )
  await convergeFiles([path, patch], PINS, WRITE)
  expect([path, patch].map((each) => readFileSync(each, 'utf8'))).toEqual([NEW, NEW])
})

test('writeFiles() writes none of several files when one has changed since it was read', async () => {
  const [first, second] = [file('a.yaml', OLD), file('b.yaml', OLD)]
  const files = [first, second].map((path) => ({ file: readManifestFile(path), bytes: Buffer.from(NEW) }))
  writeFileSync(second, `${OLD}# somebody else\n`)
  await expect(writeFiles(files)).rejects.toThrow(ManifestChangedError)
  expect(readFileSync(first, 'utf8')).toBe(OLD)
  expect(readFileSync(second, 'utf8')).toBe(`${OLD}# somebody else\n`)
  expect(readdirSync(folder)).toEqual(['a.yaml', 'b.yaml'])
})

test('writeFiles() refuses a file that is gone, or that a link now leads elsewhere from', async () => {
  const path = file('a.yaml', OLD)
  const link = join(folder, 'l.yaml')
  symlinkSync('a.yaml', link)
  const read = readManifestFile(link)
  rmSync(link)
  await expect(writeFiles([{ file: read, bytes: Buffer.from(NEW) }])).rejects.toThrow(ManifestChangedError)
  symlinkSync(file('other.yaml', OLD), link)
  await expect(writeFiles([{ file: read, bytes: Buffer.from(NEW) }])).rejects.toThrow(ManifestChangedError)
  expect(readFileSync(path, 'utf8')).toBe(OLD)
})

test('writeFiles() says what is written when a later file cannot be put in place', async () => {
  const paths = Array.from({ length: 16 }, (_, index) => file(`${index}.yaml`, OLD))
  const files = paths.map((path) => ({ file: readManifestFile(path), bytes: Buffer.from(NEW) }))
  // The first file again: unchanged while all are checked, written meanwhile when its second turn comes.
  const problem = await catchError(writeFiles([...files, { ...files[0]!, file: { ...files[0]!.file } }]))
  expect(problem).toBeInstanceOf(PartlyWrittenError)
  expect(problem).toMatchObject({ written: paths, cause: expect.any(ManifestChangedError) })
  expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(paths.map(() => NEW))
  expect(readdirSync(folder)).toHaveLength(paths.length)
})

async function catchError(run: Promise<void>): Promise<unknown> {
  return await run.then(
    () => null,
    (error: unknown) => error,
  )
}

test.each([
  ['a folder', () => folder, 'Cannot edit a folder: name its files'],
  ['nothing', () => join(folder, 'none.yaml'), 'Cannot read this file (ENOENT)'],
  [
    'bytes that are not text',
    () => file('m.yaml', Buffer.from([0x61, 0x0a, 0xff, 0x0a])),
    'Cannot read this as UTF-8 text',
  ],
])('readManifestFile() refuses %s', (_what, make, why) => {
  expect(() => readManifestFile(make())).toThrow(why)
})
