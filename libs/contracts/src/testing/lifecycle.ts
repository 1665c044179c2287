import { hashJson, sha256Hex } from '../canonical/canonical-json.ts'
import type { Approval } from '../lifecycle/approval.ts'
import type { ProgramArtifact } from '../lifecycle/artifact.ts'
import type { EvalReport } from '../lifecycle/eval-report.ts'
import type { PromotionParts } from '../lifecycle/promotion-bundle.ts'
import type { PromotionRecord } from '../lifecycle/promotion.ts'

/** A small compiled artifact; it has the shape of one and is not meant to be run. */
export function exampleCompiledArtifact(): ProgramArtifact {
  return {
    schema_version: 'torghut.program-artifact.v1',
    kind: 'compiled',
    program_name: 'trade-review-committee-v1',
    signature_version: 'v1',
    executor: 'dspy_live',
    nodes: [
      {
        id: 'decision_schema',
        signature: 'DecisionSchema',
        call_pattern: 'predict',
        inputs: ['request'],
        role: 'policy_judge',
        mandatory: true,
        instructions: 'Judge the trade.',
        demonstrations: [{ input: { request: 'a request' }, output: { verdict: 'veto' } }],
      },
    ],
    output_node: 'decision_schema',
    adapter_version: 'example-v1',
    answer_schema_version: 'example-v1',
    model: { name: 'gpt-5.3-codex-spark', knowledge_cutoff: '2025-06-30' },
    calibrator: null,
    provenance: {
      dataset_hash: sha256Hex('data set'),
      optimizer: 'miprov2',
      seed: 'seed-1',
      metric_policy_hash: sha256Hex('metric policy'),
    },
  }
}

/** An evaluation of the example artifact in which every gate passed. */
export function exampleEvalReport(): EvalReport {
  return {
    schema_version: 'torghut.eval-report.v1',
    kind: 'program',
    program_name: 'trade-review-committee-v1',
    artifact_hash: hashJson(exampleCompiledArtifact()),
    compile_hash: sha256Hex('compile'),
    dataset_hash: sha256Hex('data set'),
    metric_policy_hash: sha256Hex('metric policy'),
    evaluated_at: '2026-03-01T08:00:00Z',
    files: {
      dataset_manifest: sha256Hex('dataset_manifest'),
      split_manifest: sha256Hex('split_manifest'),
      metrics_report: sha256Hex('metrics_report'),
      failure_analysis: sha256Hex('failure_analysis'),
      reproducibility_bundle: sha256Hex('reproducibility_bundle'),
    },
    scores: {
      schema_validity: { hits: 598, rows: 598, bound: 0.995 },
      agreement: { hits: 540, rows: 598, bound: 0.881 },
      veto_alignment: { hits: 90, rows: 100, bound: 0.836 },
      false_veto: { hits: 2, rows: 400, bound: 0.0157 },
      fallback_rate: { hits: 0, rows: 598, bound: 0.005 },
    },
    latency_p95_ms: 1200,
    contaminated_rows: 0,
    void_rows: 0,
    gate_bypasses: 0,
    outcomes: [{ gate: 'schema-validity', passed: true, evidence: { bound: 0.995, min: 0.995 } }],
    gate_compatibility: 'pass',
    promotion_recommendation: 'paper',
  }
}

/** An approval of the example evaluation for paper. Its signature has the form of one and verifies with no key. */
export function exampleApproval(): Approval {
  return {
    schema_version: 'torghut.approval.v1',
    approval_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7b01',
    kind: 'program',
    program_name: 'trade-review-committee-v1',
    artifact_hash: hashJson(exampleCompiledArtifact()),
    target: 'paper',
    eval_hash: hashJson(exampleEvalReport()),
    subject: 'risk-desk',
    reason: 'Evaluated on unseen rows',
    issued_at: '2026-03-01T09:00:00Z',
    expires_at: '2026-03-01T17:00:00Z',
    nonce: '00112233445566778899aabbccddeeff',
    key_id: sha256Hex('public key'),
    signature: 'A'.repeat(86),
  }
}

/** The promotion that uses the example approval up. */
export function examplePromotion(): PromotionRecord {
  const { program_name, artifact_hash, target, eval_hash, approval_id, subject } = exampleApproval()
  return {
    schema_version: 'torghut.promotion.v1',
    promotion_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7b02',
    kind: 'program',
    program_name,
    target,
    artifact_hash,
    compile_hash: exampleEvalReport().compile_hash,
    eval_hash,
    approval_id,
    approval_hash: hashJson(exampleApproval()),
    compiled_by: 'lifecycle-worker',
    approved_by: subject,
    promoted_by: 'release-desk',
    replaces: null,
    promoted_at: '2026-03-01T10:00:00Z',
  }
}

/** The four parts of the example promotion; they hang together. */
export function examplePromotionParts(): PromotionParts {
  return {
    artifact: exampleCompiledArtifact(),
    evalReport: exampleEvalReport(),
    approval: exampleApproval(),
    promotion: examplePromotion(),
  }
}
