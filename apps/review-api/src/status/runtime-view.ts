import { EnvironmentSchema, Sha256, hashJson } from '@torghut/contracts'
import type { RuntimeEnvironment } from '@torghut/contracts'
import { ENGINE_VERSION } from '@torghut/gates'
import { z } from 'zod'

import type { Serving } from '../review/serving-artifact.ts'

const Value = z.union([z.string(), z.number(), z.boolean()]).nullable()

/** Every name of the environment contract, in the order of the schema. */
const EnvironmentView = z.strictObject(
  Object.fromEntries(Object.keys(EnvironmentSchema.shape).map((name) => [name, Value])),
)

/** `GET /v1/runtime`: what this replica runs, to be compared with what should run. No secret is in it. */
export const RuntimeView = z.strictObject({
  environment: EnvironmentView,
  environment_hash: Sha256,
  artifact: z.strictObject({
    hash: Sha256,
    kind: z.enum(['bootstrap', 'seed', 'compiled']).nullable(),
    verified: z.boolean(),
    reason: z.string().nullable(),
  }),
  image_digest: z.string().nullable(),
  git_sha: z.string().nullable(),
  engine_version: z.string(),
  policy_hash: Sha256,
})
export type RuntimeView = z.output<typeof RuntimeView>

/** The hash covers the names and values as shown, so that replacing a secret is no drift. */
export function runtimeView(environment: RuntimeEnvironment, policyHash: string, serving: Serving): RuntimeView {
  return {
    environment: environment.contract,
    environment_hash: hashJson(environment.contract),
    artifact: {
      hash: environment.artifactHash,
      kind: serving.ok ? serving.artifact.kind : null,
      verified: serving.ok,
      reason: serving.ok ? null : serving.detail,
    },
    image_digest: environment.imageDigest,
    git_sha: environment.gitSha,
    engine_version: ENGINE_VERSION,
    policy_hash: policyHash,
  }
}
