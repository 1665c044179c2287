import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { createTwoFilesPatch } from 'diff'

import { PAGES } from './pages.ts'

/** Writes every page below `root`; gives back their paths. */
export async function writePages(root: string): Promise<string[]> {
  for (const [path, render] of Object.entries(PAGES)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), render())
  }
  return Object.keys(PAGES)
}

/** One unified diff for each page below `root` that is not what the code would write; a missing page reads as empty. */
export async function stalePages(root: string): Promise<string[]> {
  const diffs: string[] = []
  for (const [path, render] of Object.entries(PAGES)) {
    const committed = await readOptional(join(root, path))
    const generated = render()
    if (committed !== generated) diffs.push(createTwoFilesPatch(`a/${path}`, `b/${path}`, committed, generated))
  }
  return diffs
}

async function readOptional(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
