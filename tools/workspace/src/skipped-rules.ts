/**
 * What the boundary rule of Nx prints, in a run that succeeds all the same, when it finds no project graph it can read:
 * nobody built one, or Nx and its ESLint plugin are of different versions. Nx repeats it with a cached result.
 */
const SKIPPED = /The rule will be skipped/

/** True for a line in which a lint rule says that it looked at nothing. */
export function tellsOfSkippedRule(line: string): boolean {
  return SKIPPED.test(line)
}
