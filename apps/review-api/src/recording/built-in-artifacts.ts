import type { ArtifactName, Store } from '@torghut/artifact-store'
import { StoreUnavailableError } from '@torghut/artifact-store'
import { canonicalJson, hashJson } from '@torghut/contracts'
import { BOOTSTRAP_ARTIFACT, seedArtifact } from '@torghut/programs'

/**
 * Where artifacts come from, also before the database was ever there: those that come with the code need none. For any
 * other one an absent database is an absent artifact, so that the fallback speaks instead of nobody.
 */
export function artifactSource(store: () => Pick<Store, 'findOptionalArtifact'>, model: string) {
  const builtIn = [BOOTSTRAP_ARTIFACT, seedArtifact(model)].map((artifact) => ({
    hash: hashJson(artifact),
    bytes: Buffer.from(canonicalJson(artifact)),
  }))
  const findOptionalArtifact = async (name: ArtifactName): Promise<Buffer | undefined> => {
    const known = builtIn.find(({ hash }) => hash === name.artifactHash)
    if (known !== undefined) return known.bytes
    try {
      return await store().findOptionalArtifact(name)
    } catch (error) {
      if (error instanceof StoreUnavailableError) return undefined
      throw error
    }
  }
  return { findOptionalArtifact }
}
