import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import process from 'node:process'

// Loaded into a process before its own code: once the switch file is there, fsync blocks a thread for good, as a dead
// disk does. Opening a pipe that nobody writes to is a wait that no signal to the thread ends.
const switchFile = process.env.HUNG_DISK_SWITCH
const probe = await open(import.meta.filename, 'r')
const prototype = Object.getPrototypeOf(probe)
const { datasync } = prototype
await probe.close()

prototype.datasync = async function () {
  if (!existsSync(switchFile)) return await datasync.call(this)
  const pipe = `${switchFile}.pipe`
  if (!existsSync(pipe)) execFileSync('mkfifo', [pipe])
  await open(pipe, 'r')
}
