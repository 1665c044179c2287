#!/usr/bin/env node
// The one plain-JavaScript file: it runs on any Node 20 or newer and hands over to the Node that came with npm,
// because the sources are TypeScript that only a newer Node can run as it is.
import { spawn } from 'node:child_process'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const main = join(dirname(fileURLToPath(import.meta.url)), '../src/main.ts')

if (major > 22 || (major === 22 && minor >= 19)) {
  // Stripped and compiled sources are kept between runs, for us and for the processes we start.
  module.enableCompileCache?.()
  process.env.NODE_COMPILE_CACHE ??= module.getCompileCacheDir?.() ?? ''
  await import(main)
} else handOver(packagedNode())

function packagedNode() {
  const require = createRequire(import.meta.url)
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const binary = platform === 'win' ? 'bin/node.exe' : 'bin/node'
  // Apple silicon is published under a longer name than its siblings.
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    try {
      return join(dirname(require.resolve(`${name}/package.json`)), binary)
    } catch {
      // Optional packages are absent on every platform but their own.
    }
  }
  process.stderr.write(
    `torghut: Node ${process.versions.node} is too old and the packaged Node is missing: ` +
      'run "npm ci" without --omit=optional, or install Node 22.19 or newer\n',
  )
  process.exit(2)
}

function handOver(node) {
  // The child stops with us even when we are killed: the end of its IPC channel tells it.
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`torghut: cannot start ${node}: ${error.message}\n`)
    process.exit(2)
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}
