import { DEPRECATED_NAMES } from '@torghut/contracts'

import { entryText } from './env-entries.ts'
import type { EnvList } from './env-entries.ts'
import { lineOf, stringOf } from './manifest.ts'
import type { Warning } from './plan.ts'
import type { Wanted } from './wanted.ts'
import type { Container } from './workload.ts'

/**
 * What no pin speaks about and a person should still see: deprecated names that are back, names that are
 * there twice, and an image digest that is not the one the container runs. Nothing of it is edited.
 */
export function envWarnings(container: Container, env: EnvList, wanted: Wanted): Warning[] {
  const { manifest } = container.object
  const others = env.entries.filter(({ name }) => !wanted.has(name))
  const seen = new Map<string, number>()
  return others.flatMap((entry) => {
    const line = lineOf(manifest, entry.node.range?.[0] ?? 0)
    const first = seen.get(entry.name)
    seen.set(entry.name, line)
    const texts = [
      deprecation(entry.name),
      first === undefined ? null : `${entry.name} is on line ${first} too, and only one of them counts`,
      entry.name === 'TORGHUT_IMAGE_DIGEST'
        ? digestProblem(container, entryText(manifest, container.object.document, entry))
        : null,
    ]
    return texts.flatMap((text) => (text === null ? [] : [{ path: manifest.path, line, text }]))
  })
}

function deprecation(name: string): string | null {
  const advice = (DEPRECATED_NAMES as Readonly<Record<string, string>>)[name]
  return advice === undefined ? null : `${name} is deprecated (${advice}); --remove-deprecated takes it out`
}

function digestProblem({ node }: Container, digest: string | null): string | null {
  const image = stringOf(node, 'image')
  const running = /@(sha256:[0-9a-f]{64})$/.exec(image ?? '')?.[1]
  if (running === undefined || digest === null || running.endsWith(digest)) return null
  return 'TORGHUT_IMAGE_DIGEST is not the digest of the image; the next release has to put that right'
}
