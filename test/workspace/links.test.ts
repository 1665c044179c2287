import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const pages = globSync(['*.md', 'docs/**/*.md', '{apps,libs,tools}/*/*.md'], { cwd: ROOT }).sort()

test('there are pages to look at', () => {
  const some = ['CONTRIBUTING.md', 'GLOSSARY.md', 'README.md', 'docs/decisions/README.md']
  expect(pages).toEqual(expect.arrayContaining(some))
})

test.each(pages)('%s links only to files that exist', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const targets = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => target ?? '')
  const local = targets.filter((target) => !/^[a-z]+:/.test(target))
  expect(local.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([])
})

test('every decision is listed with its date and status', () => {
  const list = readFileSync(join(ROOT, 'docs/decisions/README.md'), 'utf8')
  const decisions = globSync('docs/decisions/????-??-??-*.md', { cwd: ROOT })
  expect(decisions.length).toBeGreaterThanOrEqual(6)
  for (const path of decisions) {
    const name = path.split('/').at(-1) ?? ''
    const text = readFileSync(join(ROOT, path), 'utf8')
    expect(list).toContain(`](${name})`)
    expect(text).toMatch(/^# .+\n\nStatus: (proposed|accepted|refused|replaced by .+), \d{4}-\d{2}-\d{2}/)
  }
})
