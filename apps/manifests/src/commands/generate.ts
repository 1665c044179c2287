import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

import { Stage, hashJson } from '@torghut/contracts'
import { seedArtifact } from '@torghut/programs'
import type { CommandModule } from 'yargs'

import { UNRELEASED_DIGEST } from '../inputs/deploy-values.ts'
import { readInputs } from '../inputs/read-values.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { EVIDENCE_FOLDER } from '../pin/change-set.ts'
import { evidencePath } from '../pin/evidence.ts'
import { generateTree } from '../tree.ts'
import { writeTree } from '../write-tree.ts'
import { folderOptions } from './folder-options.ts'
import type { FolderArguments } from './folder-options.ts'

interface GenerateArguments extends FolderArguments {
  json: boolean
}

/** `manifests generate`: writes the tree below `argocd/applications` from the deploy values and the pins. */
export const generateCommand: CommandModule<object, GenerateArguments> = {
  command: 'generate',
  describe: 'Write argocd/applications from the environment contract, config/deploy and the pins',
  builder: (yargs) =>
    folderOptions(yargs).option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' }),
  handler: ({ root, json }) => {
    const inputs = readInputs(join(root, 'config/deploy'))
    const changes = writeTree(join(root, 'argocd/applications'), generateTree(inputs))
    const artifact = pinnedArtifact(inputs)
    if (json) process.stdout.write(`${JSON.stringify({ ...changes, artifact })}\n`)
    else
      process.stdout.write(
        [...changeLines(changes), artifact.explained, ...notices(inputs), ...evidenceNotices(root, artifact)].join('\n') + '\n',
      )
  },
}

interface PinnedArtifact {
  hash: string
  seedHash: string
  explained: string
}

/** Which artifact the tree pins, and how the hash of the seed comes about, so that anybody can compute it again. */
function pinnedArtifact({ pins }: Inputs): PinnedArtifact {
  const hash = pins.env['LLM_DSPY_ARTIFACT_HASH'] ?? ''
  const model = pins.env['LLM_MODEL'] ?? ''
  const seedHash = hashJson(seedArtifact(model))
  const how = `SHA-256 over the canonical JSON (RFC 8785) of the seed artifact for ${model}`
  const explained =
    hash === seedHash
      ? `pins ${hash}: ${how}; nothing was promoted yet`
      : `pins ${hash}, which is not the seed of this version (${seedHash}: ${how})`
  return { hash, seedHash, explained }
}

function changeLines({ written, removed, unchanged }: ReturnType<typeof writeTree>): string[] {
  return [
    ...written.map((path) => `wrote   ${path}`),
    ...removed.map((path) => `removed ${path}`),
    `${written.length} written, ${removed.length} removed, ${unchanged} unchanged`,
  ]
}

function notices({ deploy }: Inputs): string[] {
  if (deploy.image.digest !== UNRELEASED_DIGEST) return []
  return [
    'notice: image.digest in config/deploy/torghut.yaml is all zeros: no image was released, and nothing can be pulled',
  ]
}

/** A hash that came into the pins by hand has no evidence; pin is the way that leaves some. */
function evidenceNotices(root: string, { hash, seedHash }: PinnedArtifact): string[] {
  if (hash === seedHash || Stage.options.some((target) => existsSync(join(root, evidencePath(hash, target))))) return []
  return [`notice: nothing in ${EVIDENCE_FOLDER} proves ${hash}: use torghut manifests pin`]
}
