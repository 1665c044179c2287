import { isDeepStrictEqual } from 'node:util'

import { FileRefusedError } from '../errors.ts'
import { lineOf, parse } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { Plan } from './plan.ts'
import { applyEdits } from './text-edit.ts'
import { editOfSource } from './text-view.ts'

/**
 * Carries out the plans of one file and reads the result back: what the plans expect must be there, and
 * everything else must be read as before. Throws `FileRefusedError` when it is not, for example because an
 * alias repeats what was edited.
 */
export function applyPlans(manifest: Manifest, plans: readonly Plan[]): string {
  const edits = plans.flatMap((plan) => plan.edits)
  const [first] = edits
  if (first === undefined) return manifest.source
  const line = lineOf(manifest, first.start)
  const { view, source } = manifest
  const expected = plans.reduce(
    (values, plan) => changeAt(values, [plan.document, ...plan.path], plan.expect),
    plainOf(manifest),
  )
  const documents = parse(applyEdits(view.text, edits), { keepSourceTokens: false })
  const isReadable = documents.every(({ errors }) => errors.length === 0)
  if (!isReadable || !isDeepStrictEqual(plainOf({ ...manifest, documents }), expected)) {
    const why = 'Cannot edit this without changing what stands elsewhere in the file'
    throw new FileRefusedError(manifest.path, line, why)
  }
  const editsOfSource = edits.map((edit) => editOfSource(view, edit))
  return applyEdits(source, editsOfSource)
}

/** What any reader gets; an alias is a copy, so that a change of the original shows in both places. */
function plainOf({ path, documents }: Manifest): unknown {
  try {
    return JSON.parse(JSON.stringify(documents.map((document) => document.toJS() as unknown)))
  } catch (cause) {
    const why = 'Cannot read the values of this file: too many aliases, or a loop'
    throw new FileRefusedError(path, null, why, { cause })
  }
}

function changeAt(
  value: unknown,
  path: readonly (string | number)[],
  change: (before: unknown) => unknown,
): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === key ? changeAt(item, rest, change) : item))
  }
  const object = (value ?? {}) as Record<string, unknown>
  const changed = changeAt(object[key], rest, change)
  return changed === undefined ? object : { ...object, [key]: changed }
}
