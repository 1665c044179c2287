import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const AUDIT = fileURLToPath(new URL('audit.ts', import.meta.url))

let folder: string
let registry: Server | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torghut-audit-'))
  const project = { name: 'audited', version: '1.0.0', dependencies: { left: '1.0.0' } }
  const left = { version: '1.0.0', resolved: 'http://127.0.0.1:9/left.tgz', integrity: 'sha512-AAAA' }
  const packages = { '': project, 'node_modules/left': left }
  const lock = { name: 'audited', version: '1.0.0', lockfileVersion: 3, packages }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock))
})

afterEach(() => {
  registry?.close()
  registry = undefined
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  ['high', 1, 'high or critical among them'],
  ['moderate', 0, 'none above moderate'],
])('audit prints a finding of severity "%s" and exits %d', async (severity, exitCode, summary) => {
  const audited = await runAudit(await startRegistry(answerWith(severity)))
  expect(audited.exitCode).toBe(exitCode)
  expect(audited.stdout).toContain(`${severity}: left`)
  expect(audited.stdout).toContain(`vulnerable packages: 1, ${summary}`)
})

test('audit exits 0 with a notice where the registry offers no audits', async () => {
  const url = await startRegistry((_request, response) => response.writeHead(405).end())
  const audited = await runAudit(url)
  expect(audited).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('audit: skipped') })
  expect(audited.stdout).toContain('405')
})

test('audit exits 0 with a notice when no registry answers', async () => {
  const audited = await runAudit('http://127.0.0.1:9')
  expect(audited).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('audit: skipped') })
})

test('audit exits 2 when it cannot be made for a reason of ours', async () => {
  rmSync(join(folder, 'package-lock.json'))
  const audited = await runAudit('http://127.0.0.1:9')
  expect(audited).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('lockfile') })
})

/** A registry that knows one advisory about every version of `left` below 2. */
function answerWith(severity: string): RequestListener {
  const url = 'https://example.test/1'
  const advisory = { id: 1, url, title: 'Reads too much', severity, vulnerable_versions: '<2.0.0' }
  const versions = { '1.0.0': { name: 'left', version: '1.0.0' } }
  const packument = { name: 'left', 'dist-tags': { latest: '1.0.0' }, versions }
  return (request, response) => {
    const body = request.url?.endsWith('/advisories/bulk') === true ? { left: [advisory] } : packument
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

async function startRegistry(answer: RequestListener): Promise<string> {
  registry = createServer(answer).listen(0, '127.0.0.1')
  await once(registry, 'listening')
  return `http://127.0.0.1:${(registry.address() as AddressInfo).port}`
}

async function runAudit(url: string): Promise<{ exitCode: number; stdout: string }> {
  const env = { ...process.env, npm_config_registry: url, npm_config_cache: join(folder, 'cache') }
  return await new Promise((resolve) => {
    execFile(process.execPath, [AUDIT], { cwd: folder, env, timeout: 25_000 }, (error, stdout) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout })
    })
  })
}
