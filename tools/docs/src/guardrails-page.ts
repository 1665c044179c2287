import { DEPRECATED_NAMES, GUARDRAIL_NAMES, contradictionLines } from '@torghut/contracts'
import type { GuardrailName } from '@torghut/contracts'

import { GENERATED_NOTE, code, table, withNamesAsCode } from './markdown.ts'

type Row<Status extends GuardrailName['status']> = Extract<GuardrailName, { status: Status }>

/** What became of every guardrail setting of the service we succeed: kept, fixed or refused. */
export function guardrailsPage(): string {
  return [
    GENERATED_NOTE,
    '',
    '# Guardrail settings',
    '',
    'For an operator who comes from the service this one succeeds: each of its settings, and what became of it. A name',
    'is **kept** (read, within its bounds), **fixed** (it may stay set, but only to the value that holds anyway) or',
    '**refused**. A refused name stops the start with one line that says what to do, because it would change nothing',
    'while its reader expects that it does. What else the service reads: [environment](environment.md).',
    '',
    '## Kept',
    '',
    keptTable(),
    '',
    '## Fixed',
    '',
    'Set to another value, the service does not start.',
    '',
    fixedTable(),
    '',
    '## Refused',
    '',
    'Refused as soon as it is set, even to nothing.',
    '',
    refusedTable(),
    '',
    'Refused as well, because there is one way to a model:',
    '',
    otherWaysTable(),
    '',
    '## Contradictions',
    '',
    'Each stops the start with this line:',
    '',
    ...contradictionLines().map((line) => `- ${withNamesAsCode(line)}`),
    '',
  ].join('\n')
}

function keptTable(): string {
  const rows = rowsOf('kept').map(([name, row]) => [
    code(name),
    former(row.former),
    defaultOf(row.default),
    withNamesAsCode(row.bounds),
    withNamesAsCode(row.effect),
    withNamesAsCode(row.why),
  ])
  return table(['name', 'default there', 'default here', 'accepted', 'effect', 'why'], rows)
}

function fixedTable(): string {
  const rows = rowsOf('fixed').map(([name, row]) => [
    code(name),
    former(row.former),
    code(row.value),
    withNamesAsCode(row.effect),
    capital(withNamesAsCode(row.why)),
  ])
  return table(['name', 'default there', 'fixed at', 'effect', 'why'], rows)
}

function refusedTable(): string {
  const rows = rowsOf('refused').map(([name, row]) => [
    code(name),
    former(row.former),
    capital(withNamesAsCode(row.instead)),
    withNamesAsCode(row.why),
  ])
  return table(['name', 'default there', 'what to do', 'why'], rows)
}

function otherWaysTable(): string {
  const rows = Object.entries(DEPRECATED_NAMES)
    .filter(([name]) => !Object.hasOwn(GUARDRAIL_NAMES, name))
    .map(([name, instead]) => [code(name), capital(withNamesAsCode(instead))])
  return table(['name', 'what to do'], rows)
}

function rowsOf<Status extends GuardrailName['status']>(status: Status): [string, Row<Status>][] {
  return Object.entries<GuardrailName>(GUARDRAIL_NAMES).filter(
    (entry): entry is [string, Row<Status>] => entry[1].status === status,
  )
}

function former(value: string | null): string {
  return value === null ? 'none' : code(value)
}

function defaultOf(value: Row<'kept'>['default']): string {
  if (value === null) return 'none'
  return typeof value === 'string' ? code(value) : `${code(value.paper)} in paper, ${code(value.live)} in live`
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
