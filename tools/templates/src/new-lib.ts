import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { TemplateRefusedError } from './errors.ts'
import { spellName } from './names.ts'
import type { Names } from './names.ts'
import type { NewFile } from './write-files.ts'

/** Kinds of libs; the tag decides what the lib may import. */
export const LIB_TYPES = ['core', 'adapter', 'platform', 'telemetry', 'contract'] as const
export type LibType = (typeof LIB_TYPES)[number]

/** What a template comes to: its files, and what a person does next. */
export interface Plan {
  files: NewFile[]
  next: string[]
}

/** Plans a new lib below `libs/`. Throws `TemplateRefusedError` when the name is bad or a project already has it. */
export function planLib(root: string, name: string, type: LibType): Plan {
  const names = spellName(name)
  const taken = projectNames(root).includes(packageName(names)) || existsSync(join(root, 'libs', name))
  if (taken) throw new TemplateRefusedError(`Cannot make lib "${name}": a project has this name`)
  const folder = `libs/${name}`
  const files = [
    { path: `${folder}/package.json`, text: manifest(names, type) },
    { path: `${folder}/tsconfig.json`, text: TSCONFIG },
    { path: `${folder}/src/index.ts`, text: `export { ${names.pascal}Error } from './errors.ts'\n` },
    { path: `${folder}/src/errors.ts`, text: errors(names) },
    { path: `${folder}/src/errors.test.ts`, text: errorsTest(names) },
  ]
  return { files, next: nextSteps(names, type) }
}

function projectNames(root: string): string[] {
  return globSync(['{apps,libs,tools}/*/package.json', 'test/package.json'], { cwd: root }).map((path) => {
    const { name } = JSON.parse(readFileSync(join(root, path), 'utf8')) as { name: string }
    return name
  })
}

function packageName({ kebab }: Names): string {
  return `@torghut/${kebab}`
}

function manifest(names: Names, type: LibType): string {
  const content = {
    name: packageName(names),
    version: '0.1.0',
    private: true,
    type: 'module',
    exports: { '.': './src/index.ts' },
    scripts: { lint: 'eslint .', typecheck: 'tsc --noEmit' },
    nx: { tags: [`type:${type}`] },
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

const TSCONFIG = `{
  "extends": "../../tsconfig.base.json",
  "include": [
    "src/**/*.ts",
    "*.ts"
  ]
}
`

/** Every lib begins with the question of what can go wrong in it, and who should act. */
function errors({ kebab, pascal, snake }: Names): string {
  return `/** Why ${kebab} refused what it was given, and who should act: the caller, the world or us. */
export class ${pascal}Error extends Error {
  override readonly name = '${pascal}Error'
  readonly code = '${snake.toUpperCase()}'
  readonly problem: string

  constructor(problem: string, options?: ErrorOptions) {
    super(\`Cannot use ${kebab}: \${problem}\`, options)
    this.problem = problem
  }
}
`
}

function errorsTest({ kebab, pascal, snake }: Names): string {
  return `import { expect, test } from 'vitest'

import { ${pascal}Error } from './errors.ts'

test('${pascal}Error says what is wrong and keeps its cause', () => {
  const cause = new Error('deeper')
  const error = new ${pascal}Error('it is empty', { cause })
  expect(error).toMatchObject({ name: '${pascal}Error', code: '${snake.toUpperCase()}', problem: 'it is empty', cause })
  expect(error.message).toBe('Cannot use ${kebab}: it is empty')
})
`
}

function nextSteps(names: Names, type: LibType): string[] {
  const link = `run "npm install" once, so that the workspace links "${packageName(names)}"`
  const use = `name it under "dependencies" of the project that uses it: "${packageName(names)}": "0.1.0"`
  const noBuiltIns = `see that eslint.config.mjs keeps libs/${names.kebab}/src from Node built-ins (coreWithoutNode)`
  return type === 'core' || type === 'contract' ? [link, use, noBuiltIns] : [link, use]
}
