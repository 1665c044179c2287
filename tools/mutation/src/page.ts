import { scoreText, tally, tallyFolders } from './report.ts'
import type { MutatedFile, Mutant, Tally } from './report.ts'

const ROOT = 'libs/gates/src/'

/** The committed page: scores, every justified mutant with its reason, and every survivor. */
export function mutationPage(files: readonly MutatedFile[]): string {
  const all = tally('all', files.flatMap(({ mutants }) => mutants))
  const total = all.killed + all.survived + all.unreached + all.justified
  return [
    '<!-- Written by a whole run of `npm run mutation`. -->',
    '',
    '# Mutants of the gates',
    '',
    `Stryker changes the gates in ${total} small ways, one at a time, and the tests have to notice. Here is what they noticed;`,
    '`npm run mutation` measures it again. A *justified* mutant changes nothing anybody could see: it is switched off where it',
    'stands, with its reason, and does not count. Switching off goes by line and kind, so now and then a twin that tests would find',
    'is switched off with it. Thresholds of the run: [`stryker.config.json`](../../tools/mutation/stryker.config.json).',
    '',
    ...table(['folder', ...COUNTS], [...tallyFolders(files), all].map(countsOf)),
    '',
    '## By file',
    '',
    ...table(['file', ...COUNTS], files.map(({ path, mutants }) => countsOf(tally(path, mutants)))),
    '',
    '## Justified',
    '',
    ...justified(files),
    '',
    '## Survivors',
    '',
    ...survivors(files),
    '',
  ].join('\n')
}

const COUNTS = ['killed', 'survived', 'not reached', 'justified', 'score']

function countsOf(counted: Tally): string[] {
  const { name, killed, survived, unreached, justified: excused } = counted
  return [shorten(name), ...[killed, survived, unreached, excused].map(String), scoreText(counted)]
}

function justified(files: readonly MutatedFile[]): string[] {
  const excused = select(files, ['Ignored'])
  const places = Map.groupBy(excused, ({ place, mutant }) => `${place} | ${mutant.statusReason ?? ''}`)
  const rows = [...places].map(([key, members]) => {
    const kinds = [...new Set(members.map(({ mutant }) => mutant.mutatorName))].toSorted().join(', ')
    const [place = '', reason = ''] = key.split(' | ')
    return [place, `${members.length} ${kinds}`, reason]
  })
  return rows.length === 0 ? ['None.'] : table(['line', 'mutants', 'why nobody could see them'], rows)
}

function survivors(files: readonly MutatedFile[]): string[] {
  const left = select(files, ['Survived', 'NoCoverage', 'RuntimeError', 'CompileError', 'Pending'])
  if (left.length === 0) return ['None.']
  return table(['line', 'kind', 'became'], left.map(({ place, mutant }) => [place, mutant.mutatorName, code(mutant.replacement)]))
}

function select(files: readonly MutatedFile[], statuses: readonly Mutant['status'][]) {
  return files.flatMap(({ path, mutants }) => {
    const wanted = mutants.filter(({ status }) => statuses.includes(status))
    return wanted.map((mutant) => ({ place: `${shorten(path)}:${mutant.location.start.line}`, mutant }))
  })
}

function shorten(path: string): string {
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path
}

function code(text: string | undefined): string {
  return `\`${(text ?? '').replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('`', "'").slice(0, 80)}\``
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}
