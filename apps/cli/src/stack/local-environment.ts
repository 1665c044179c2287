import { hashJson } from '@torghut/contracts'
import { seedArtifact } from '@torghut/programs'

/** The model the gateway is asked for unless told otherwise: the one the runtime contract pins. */
const MODEL = 'gpt-5.3-codex-spark'

/**
 * Values for the names that a local run may leave out: the seed artifact, on the seed's own program, and a journal in
 * the data folder when there is one. Whoever uses them prints them, so that nobody takes them for a production setting.
 */
export function localDefaults(env: NodeJS.ProcessEnv, dataDir?: string): Record<string, string> {
  const model = env['LLM_MODEL'] || MODEL
  const seed = seedArtifact(model)
  const defaults: Record<string, string> = {
    LLM_MODEL: model,
    LLM_DSPY_ARTIFACT_HASH: hashJson(seed),
    LLM_DSPY_PROGRAM_NAME: seed.program_name,
    LLM_DSPY_SIGNATURE_VERSION: seed.signature_version,
    LLM_DSPY_TIMEOUT_SECONDS: '8',
    LLM_DSPY_COMPILE_METRICS_POLICY_REF: 'config/trading/llm/dspy-metrics.yaml',
    LLM_DSPY_SECRET_BINDING_REF: 'local-none',
    LLM_DSPY_AGENTRUN_TTL_SECONDS: '14400',
    ...(dataDir === undefined ? {} : { TORGHUT_STORAGE: 'persistent', TORGHUT_DATA_DIR: dataDir }),
  }
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !env[name]))
}
