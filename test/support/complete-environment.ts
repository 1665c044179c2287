import { hashJson } from '@torghut/contracts'
import { seedArtifact } from '@torghut/programs'

const MODEL = 'gpt-5.3-codex-spark'
const seed = seedArtifact(MODEL)

/** Every name the review API asks for but DATABASE_URL; the port is free, and nothing listens at the gateway's. */
export const completeEnvironment = {
  PORT: '0',
  JANGAR_BASE_URL: 'http://127.0.0.1:9',
  LLM_MODEL: MODEL,
  LLM_DSPY_ARTIFACT_HASH: hashJson(seed),
  LLM_DSPY_PROGRAM_NAME: seed.program_name,
  LLM_DSPY_SIGNATURE_VERSION: seed.signature_version,
  LLM_DSPY_TIMEOUT_SECONDS: '8',
  LLM_DSPY_COMPILE_METRICS_POLICY_REF: 'config/trading/llm/dspy-metrics.yaml',
  LLM_DSPY_SECRET_BINDING_REF: 'local-none',
  LLM_DSPY_AGENTRUN_TTL_SECONDS: '14400',
}
