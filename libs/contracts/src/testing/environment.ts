/** The required names of the runtime contract, each with a usable value; everything else is left to its default. */
export function exampleEnvironment() {
  return {
    JANGAR_BASE_URL: 'http://127.0.0.1:9000',
    LLM_MODEL: 'gpt-5.3-codex-spark',
    LLM_DSPY_ARTIFACT_HASH: 'A'.repeat(64),
    LLM_DSPY_PROGRAM_NAME: 'trade-review-committee-v1',
    LLM_DSPY_SIGNATURE_VERSION: 'v1',
    LLM_DSPY_TIMEOUT_SECONDS: '8',
    LLM_DSPY_COMPILE_METRICS_POLICY_REF: 'config/trading/llm/dspy-metrics.yaml',
    LLM_DSPY_SECRET_BINDING_REF: 'codex-github-token',
    LLM_DSPY_AGENTRUN_TTL_SECONDS: '14400',
    DATABASE_URL: 'postgres://torghut_app@127.0.0.1/torghut',
  }
}
