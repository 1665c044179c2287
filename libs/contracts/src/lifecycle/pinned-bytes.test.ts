import { expect, test } from 'vitest'
import type { z } from 'zod'

import { canonicalJson, hashJson, sha256Hex } from '../canonical/canonical-json.ts'
import { ReviewLineage } from '../review/answer.ts'
import { Arm, Stage } from '../review/vocabulary.ts'
import { CompletionLedgerRow } from '../runtime/completion-ledger.ts'
import { completionKey } from '../runtime/completion.ts'
import { ControlChange, RuntimeControl } from '../runtime/control.ts'
import {
  exampleApproval,
  exampleCompiledArtifact,
  exampleEvalReport,
  examplePromotion,
  examplePromotionParts,
} from '../testing/lifecycle.ts'
import { AgentRunRequest, agentRunRequest } from './agent-run.ts'
import { Approval, approvalPayload } from './approval.ts'
import { ArtifactKind, BootstrapArtifact, ProgramArtifact } from './artifact.ts'
import { DenylistEntry } from './denylist.ts'
import { EvalReport, EvalReportRef, evalReportRef } from './eval-report.ts'
import { Feedback } from './feedback.ts'
import { LaneRun } from './lane.ts'
import { PinsFile } from './pins.ts'
import { PromotionBundle, promotionBundle } from './promotion-bundle.ts'
import { PromotionRecord } from './promotion.ts'
import { ROLLOUT_STEPS, Rollout, RolloutEvent, RolloutEventName, RolloutState, RolloutStep } from './rollout.ts'

// These bytes are named by hashes in databases, signatures and Git. A change here means a new schema version, not a new
// expectation.

const ID = '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7d01'
const AT = '2026-03-01T09:00:00Z'
const HASH = 'a'.repeat(64)
const CALL = { model: 'gpt-5.3-codex-spark', messages: [{ role: 'user' as const, content: 'Judge the trade.' }] }

const COMPILE_RUN = agentRunRequest({
  lane: 'compile',
  runPrefix: 'run-1',
  parameters: {
    repository: 'owner/repository',
    base: 'main',
    head: 'work',
    artifactPath: 'a',
    metricPolicyRef: 'm.yaml',
  },
  secretBindingRef: 'codex-github-token',
  ttlSeconds: 14_400,
})

interface Pinned {
  schema: z.ZodType
  example: unknown
  bytes: string[]
  hash: string
}

const PINNED: Record<string, Pinned> = {
  BootstrapArtifact: {
    schema: BootstrapArtifact,
    example: {
      schema_version: 'torghut.dspy.runtime-artifact.v1',
      program_name: 'trade-review-committee-v1',
      signature_version: 'v1',
      executor: 'heuristic',
      compiled_prompt: { promptTemplate: 'torghut.dspy.trade-review.v1', runtime: 'deterministic_heuristic_scaffold' },
    },
    bytes: [
      '{"compiled_prompt":{"promptTemplate":"torghut.dspy.trade-review.v1","runtime":"deterministic_heurist',
      'ic_scaffold"},"executor":"heuristic","program_name":"trade-review-committee-v1","schema_version":"to',
      'rghut.dspy.runtime-artifact.v1","signature_version":"v1"}',
    ],
    hash: 'df087a5e643d6478b1ebe51bf44ad2d0e2228825c1c0a8e9dc345729d6a3bbff',
  },
  ProgramArtifact: {
    schema: ProgramArtifact,
    example: exampleCompiledArtifact(),
    bytes: [
      '{"adapter_version":"example-v1","answer_schema_version":"example-v1","calibrator":null,"executor":"d',
      'spy_live","kind":"compiled","model":{"knowledge_cutoff":"2025-06-30","name":"gpt-5.3-codex-spark"},"',
      'nodes":[{"call_pattern":"predict","demonstrations":[{"input":{"request":"a request"},"output":{"verd',
      'ict":"veto"}}],"id":"decision_schema","inputs":["request"],"instructions":"Judge the trade.","mandat',
      'ory":true,"role":"policy_judge","signature":"DecisionSchema"}],"output_node":"decision_schema","prog',
      'ram_name":"trade-review-committee-v1","provenance":{"dataset_hash":"57415fb80d156b5482b6dfe204fa97bf',
      '763a7b71aa81329f75d8eee4dab7887a","metric_policy_hash":"a70203ba37198eb52d43c265d0c046b96126bea2973c',
      'bb68e7f26b072c60fef1","optimizer":"miprov2","seed":"seed-1"},"schema_version":"torghut.program-artif',
      'act.v1","signature_version":"v1"}',
    ],
    hash: '261e512e2e9b801255c7a36fb144a99ae395d6fa69ee2ecd684046a714f1f4a0',
  },
  EvalReport: {
    schema: EvalReport,
    example: exampleEvalReport(),
    bytes: [
      '{"artifact_hash":"261e512e2e9b801255c7a36fb144a99ae395d6fa69ee2ecd684046a714f1f4a0","compile_hash":"',
      'eba8dcd606bd0014b899e3624e527598796eee3446de65af0fb4274ff8a4792f","contaminated_rows":0,"dataset_has',
      'h":"57415fb80d156b5482b6dfe204fa97bf763a7b71aa81329f75d8eee4dab7887a","evaluated_at":"2026-03-01T08:',
      '00:00Z","files":{"dataset_manifest":"3c4b635c2a8ad251d176499ebb6078272f2ca07f8667f82d1f6e5868081c8d6',
      '4","failure_analysis":"be28e7d05b62b80b64950d40f2abd311cc80c03623abca54aec4ba123a832663","metrics_re',
      'port":"5f3102489334c4e48276b19eae12a24dad9978055f9e0d76f16eee94152f6353","reproducibility_bundle":"6',
      'fb8c1ef5c70785a0e4b9a066a21abb0588f7c698f89150a5698fcf693d521b9","split_manifest":"4c484563444a571c3',
      '8799df654a8251c58b08c2f2a94f0f76190ff9711aff616"},"gate_bypasses":0,"gate_compatibility":"pass","kin',
      'd":"program","latency_p95_ms":1200,"metric_policy_hash":"a70203ba37198eb52d43c265d0c046b96126bea2973',
      'cbb68e7f26b072c60fef1","outcomes":[{"evidence":{"bound":0.995,"min":0.995},"gate":"schema-validity",',
      '"passed":true}],"program_name":"trade-review-committee-v1","promotion_recommendation":"paper","schem',
      'a_version":"torghut.eval-report.v1","scores":{"agreement":{"bound":0.881,"hits":540,"rows":598},"fal',
      'lback_rate":{"bound":0.005,"hits":0,"rows":598},"false_veto":{"bound":0.0157,"hits":2,"rows":400},"s',
      'chema_validity":{"bound":0.995,"hits":598,"rows":598},"veto_alignment":{"bound":0.836,"hits":90,"row',
      's":100}},"void_rows":0}',
    ],
    hash: 'dbb9fbcd9245c54ca18b0deae1293079800f355cef988900697d187cff635b0d',
  },
  EvalReportRef: {
    schema: EvalReportRef,
    example: evalReportRef(exampleEvalReport()),
    bytes: [
      '{"artifact_hash":"261e512e2e9b801255c7a36fb144a99ae395d6fa69ee2ecd684046a714f1f4a0","dataset_hash":"',
      '57415fb80d156b5482b6dfe204fa97bf763a7b71aa81329f75d8eee4dab7887a","eval_hash":"dbb9fbcd9245c54ca18b0',
      'deae1293079800f355cef988900697d187cff635b0d","evaluated_at":"2026-03-01T08:00:00Z"}',
    ],
    hash: '9f08db0e2a132b4dbcf3a199568129becfd711705099b5f9c553efda25144075',
  },
  Approval: {
    schema: Approval,
    example: exampleApproval(),
    bytes: [
      '{"approval_id":"3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7b01","artifact_hash":"261e512e2e9b801255c7a36fb144a',
      '99ae395d6fa69ee2ecd684046a714f1f4a0","eval_hash":"dbb9fbcd9245c54ca18b0deae1293079800f355cef98890069',
      '7d187cff635b0d","expires_at":"2026-03-01T17:00:00Z","issued_at":"2026-03-01T09:00:00Z","key_id":"f56',
      '9a86d3c2c8d7dda26b5dbea20bd5c19eeb35dfc63fdb724bac4f21c227850","kind":"program","nonce":"00112233445',
      '566778899aabbccddeeff","program_name":"trade-review-committee-v1","reason":"Evaluated on unseen rows',
      '","schema_version":"torghut.approval.v1","signature":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","subject":"risk-desk","target":"paper"}',
    ],
    hash: 'cdf61f7a0e69bc452c8a5b28375c1e6f4363c2a39a4e302ce3edb303a6b0ecbc',
  },
  PromotionRecord: {
    schema: PromotionRecord,
    example: examplePromotion(),
    bytes: [
      '{"approval_hash":"cdf61f7a0e69bc452c8a5b28375c1e6f4363c2a39a4e302ce3edb303a6b0ecbc","approval_id":"3',
      'f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7b01","approved_by":"risk-desk","artifact_hash":"261e512e2e9b801255c7',
      'a36fb144a99ae395d6fa69ee2ecd684046a714f1f4a0","compile_hash":"eba8dcd606bd0014b899e3624e527598796eee',
      '3446de65af0fb4274ff8a4792f","compiled_by":"lifecycle-worker","eval_hash":"dbb9fbcd9245c54ca18b0deae1',
      '293079800f355cef988900697d187cff635b0d","kind":"program","program_name":"trade-review-committee-v1",',
      '"promoted_at":"2026-03-01T10:00:00Z","promoted_by":"release-desk","promotion_id":"3f2c1a10-6f0e-4d38',
      '-9d8e-0d5d2f6b7b02","replaces":null,"schema_version":"torghut.promotion.v1","target":"paper"}',
    ],
    hash: 'd964766f4e9a18a038d82c72dc3da6c0c2c199616713bc5ae196e3b9820bff41',
  },
  AgentRunRequest: {
    schema: AgentRunRequest,
    example: COMPILE_RUN,
    bytes: [
      '{"agentRef":{"name":"codex-spark-agent"},"idempotencyKey":"run-1-compile","implementationSpecRef":{"',
      'name":"torghut-dspy-compile-mipro-v1"},"namespace":"agents","parameters":{"artifactPath":"a","base":',
      '"main","datasetRef":"a/dataset-build/dspy-dataset.json","head":"work","metricPolicyRef":"m.yaml","op',
      'timizer":"miprov2","repository":"owner/repository"},"policy":{"secretBindingRef":"codex-github-token',
      '"},"runtime":{"type":"job"},"ttlSecondsAfterFinished":14400,"vcsPolicy":{"mode":"read-write","requir',
      'ed":true},"vcsRef":{"name":"github"}}',
    ],
    hash: '380813556dc4ea57c2e08dd4102cf20b5d33ef971227a48a093034e8bde20686',
  },
  LaneRun: {
    schema: LaneRun,
    example: { lane: 'compile', parameters: COMPILE_RUN.parameters },
    bytes: [
      '{"lane":"compile","parameters":{"artifactPath":"a","base":"main","datasetRef":"a/dataset-build/dspy-',
      'dataset.json","head":"work","issueNumber":"0","metricPolicyRef":"m.yaml","optimizer":"miprov2","repo',
      'sitory":"owner/repository"}}',
    ],
    hash: '952bd389fb2853dc0a180adda15cc156029df3726499e522474bfc9ad7dfc78b',
  },
  CompletionLedgerRow: {
    schema: CompletionLedgerRow,
    example: {
      schema_version: 'torghut.completion.v1',
      completion_key: completionKey(CALL, 'compile/trial/1', 0),
      purpose: 'compile/trial/1',
      variant: 0,
      request: CALL,
      answer: { content: 'An answer', usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } },
      simulated: true,
      answered_at: AT,
    },
    bytes: [
      '{"answer":{"content":"An answer","usage":{"completion_tokens":2,"prompt_tokens":5,"total_tokens":7}}',
      ',"answered_at":"2026-03-01T09:00:00Z","completion_key":"9afcad765f1a041a59ce989f50935a740995758f2347',
      '8f89421d10b2c4511bd7","purpose":"compile/trial/1","request":{"messages":[{"content":"Judge the trade',
      '.","role":"user"}],"model":"gpt-5.3-codex-spark"},"schema_version":"torghut.completion.v1","simulate',
      'd":true,"variant":0}',
    ],
    hash: '798e83d207acdc71e4b9a5ed80569f5e26db133fcccafe58d35be4e0c970d573',
  },
  Rollout: {
    schema: Rollout,
    example: {
      rollout_id: ID,
      kind: 'program',
      program_name: 'trade-review-committee-v1',
      target: 'constrained_live',
      base_artifact_hash: HASH,
      candidate_artifact_hash: 'b'.repeat(64),
      step: 'shadow',
      state: 'running',
      started_at: AT,
      updated_at: AT,
    },
    bytes: [
      '{"base_artifact_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","candidate_',
      'artifact_hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","kind":"program","',
      'program_name":"trade-review-committee-v1","rollout_id":"3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7d01","start',
      'ed_at":"2026-03-01T09:00:00Z","state":"running","step":"shadow","target":"constrained_live","updated',
      '_at":"2026-03-01T09:00:00Z"}',
    ],
    hash: '29085ad72640232d5d7531121b78ec7782accf6deeddb92373e5cbe3845a5574',
  },
  RolloutEvent: {
    schema: RolloutEvent,
    example: {
      schema_version: 'torghut.rollout-event.v1',
      rollout_id: ID,
      seq: 2,
      event: 'advance',
      step_before: 'shadow',
      step_after: '10',
      state_after: 'running',
      actor: 'rollout-controller',
      reason: 'The shadow step was long enough',
      evidence: { reviews: 400 },
      event_at: AT,
    },
    bytes: [
      '{"actor":"rollout-controller","event":"advance","event_at":"2026-03-01T09:00:00Z","evidence":{"revie',
      'ws":400},"reason":"The shadow step was long enough","rollout_id":"3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7d',
      '01","schema_version":"torghut.rollout-event.v1","seq":2,"state_after":"running","step_after":"10","s',
      'tep_before":"shadow"}',
    ],
    hash: '5026fc6ea2baedb75a040f69b89baed6f074ff1bf2828d62ffecaa6c239204d4',
  },
  DenylistEntry: {
    schema: DenylistEntry,
    example: {
      kind: 'program',
      program_name: 'trade-review-committee-v1',
      artifact_hash: HASH,
      source: 'rollout',
      rollout_id: ID,
      denied_by: 'rollout-controller',
      reason: 'Fallback rate above its ceiling',
      denied_at: AT,
      cleared: null,
    },
    bytes: [
      '{"artifact_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","cleared":null,"',
      'denied_at":"2026-03-01T09:00:00Z","denied_by":"rollout-controller","kind":"program","program_name":"',
      'trade-review-committee-v1","reason":"Fallback rate above its ceiling","rollout_id":"3f2c1a10-6f0e-4d',
      '38-9d8e-0d5d2f6b7d01","source":"rollout"}',
    ],
    hash: 'b58033d43cbcef4adb49c137c034137c818ccf065cbcc491a843feecba52706e',
  },
  ControlChange: {
    schema: ControlChange,
    example: { value: true, scope: { symbol: 'SPY' }, reason: 'Feed is late', expires_at: null },
    bytes: [
      '{"expires_at":null,"reason":"Feed is late","scope":{"symbol":"SPY"},"value":true}',
    ],
    hash: 'cbc99acde1e34ec49caa11126efbc09cc58392891e8fdfabaa85c52dc1df7a6d',
  },
  RuntimeControl: {
    schema: RuntimeControl,
    example: {
      name: 'halt_new_risk',
      scope: { strategy_id: 'breakout' },
      value: true,
      actor: 'risk-desk',
      reason: 'Feed is late',
      set_at: AT,
      expires_at: null,
    },
    bytes: [
      '{"actor":"risk-desk","expires_at":null,"name":"halt_new_risk","reason":"Feed is late","scope":{"stra',
      'tegy_id":"breakout"},"set_at":"2026-03-01T09:00:00Z","value":true}',
    ],
    hash: '649ede82a8e21e5a35fe5e1449a81785d09fc0384ad5a79eaa689e8ed2f29c43',
  },
  Feedback: {
    schema: Feedback,
    example: {
      feedback_id: ID,
      trade_decision_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7d02',
      source: { kind: 'desk_rule', id: 'panic-volatility' },
      label: 'veto',
      reason: 'Too volatile',
      known_at: AT,
    },
    bytes: [
      '{"feedback_id":"3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7d01","known_at":"2026-03-01T09:00:00Z","label":"vet',
      'o","reason":"Too volatile","source":{"id":"panic-volatility","kind":"desk_rule"},"trade_decision_id"',
      ':"3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7d02"}',
    ],
    hash: '402f18d9f7f41a2a6cb0be0471afe342ea9ffdd0066349b2be099dd57c2f9200',
  },
  PinsFile: {
    schema: PinsFile,
    example: {
      targets: [
        {
          group: 'serving.knative.dev',
          kind: 'Service',
          namespace: 'torghut',
          name: 'torghut',
          container: 'user-container',
        },
      ],
      env: { LLM_DSPY_ARTIFACT_HASH: HASH, LLM_ENABLED: null },
    },
    bytes: [
      '{"env":{"LLM_DSPY_ARTIFACT_HASH":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",',
      '"LLM_ENABLED":null},"targets":[{"container":"user-container","group":"serving.knative.dev","kind":"S',
      'ervice","name":"torghut","namespace":"torghut"}]}',
    ],
    hash: '3b143959126a1dbd1553c782b98bf7b5e8ea73e93fe0e928b5b398159be357bc',
  },
}

test.each(Object.entries(PINNED))('%s keeps its bytes', (_name, { schema, example, bytes, hash }) => {
  const parsed = schema.parse(example)
  expect(canonicalJson(parsed)).toBe(bytes.join(''))
  expect(hashJson(parsed)).toBe(hash)
  expect(schema.safeParse({ ...(example as object), surprise: 1 }).success).toBe(false)
})

test('PromotionBundle keeps its hash, over parts that are pinned above', () => {
  const bundle = PromotionBundle.parse(promotionBundle(examplePromotionParts()))
  expect(bundle.manifest_hash).toBe('68147e895d9ffb3a6d408b6fa797180ae6e2026494422995a41646a4b13b56e5')
  expect(hashJson(bundle)).toBe('19f3bd7b5b68344932e6007b94f705002f312c359bb28016be7499499dd1281b')
})

test('approvalPayload() keeps the bytes that are signed', () => {
  const payload = approvalPayload(exampleApproval())
  expect(sha256Hex(payload)).toBe('ed16005218607906aff8a3a7be8c3bdab2fbde1046678cd2b65ed970d4a675a7')
})

test('the closed lists of the lifecycle keep their words and their order', () => {
  expect(ArtifactKind.options).toEqual(['bootstrap', 'seed', 'compiled'])
  expect(ReviewLineage.shape.artifact_kind.unwrap().options).toEqual(ArtifactKind.options)
  expect(Arm.options).toEqual(['base', 'candidate'])
  expect(Stage.options).toEqual(['paper', 'shadow', 'constrained_live', 'scaled_live'])
  expect(ROLLOUT_STEPS).toEqual(['shadow', '10', '25', '50', '75', '100'])
  expect([...RolloutStep.values]).toEqual(ROLLOUT_STEPS)
  expect(RolloutState.options).toEqual(['running', 'paused', 'completed', 'aborted', 'rolled_back'])
  expect(RolloutEventName.options).toEqual([
    'start',
    'pause',
    'resume',
    'advance',
    'hold',
    'complete',
    'abort',
    'rollback',
  ])
})
