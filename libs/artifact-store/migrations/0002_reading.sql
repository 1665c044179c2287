-- The shape readers know (input_json, response_json) over the bytes we keep, and what each column means.

CREATE VIEW llm_decision_reviews_json WITH (security_invoker = true) AS
SELECT
  parsed.id,
  parsed.trade_decision_id,
  parsed.model,
  parsed.prompt_version,
  parsed.submission -> 'request' AS input_json,
  coalesce(nullif(parsed.record -> 'advice', 'null'), '{}')
    || jsonb_build_object(
      'advisory_only', true,
      'dspy', jsonb_strip_nulls(jsonb_build_object(
        'mode', 'active',
        'program_name', parsed.program_name,
        'signature_version', parsed.signature_version,
        'artifact_hash', parsed.artifact_hash,
        'artifact_source', 'database',
        'executor', parsed.executor,
        'latency_ms', parsed.record -> 'timings' -> 'program_ms',
        'advisory_only', true,
        'fallback', parsed.fallback_cause IS NOT NULL,
        'error', parsed.fallback_cause)),
      'dspy_lineage', jsonb_build_object(
        'mode', 'active',
        'program_name', parsed.program_name,
        'signature_version', parsed.signature_version,
        'artifact_hash', parsed.artifact_hash,
        'artifact_source', 'database'),
      'request_hash', parsed.request_hash,
      'response_hash', parsed.response_hash)
    || CASE WHEN parsed.reason IS NULL THEN '{}'
       ELSE jsonb_build_object('policy_override', parsed.reason, 'policy_verdict', parsed.verdict) END AS response_json,
  parsed.verdict,
  parsed.confidence,
  parsed.adjusted_qty,
  parsed.adjusted_order_type,
  parsed.rationale,
  to_jsonb(parsed.risk_flags) AS risk_flags,
  parsed.tokens_prompt,
  parsed.tokens_completion,
  parsed.created_at
FROM (
  SELECT reviews.*,
    convert_from(request_bytes, 'UTF8')::jsonb AS submission,
    convert_from(response_bytes, 'UTF8')::jsonb AS record
  FROM llm_decision_reviews AS reviews
) AS parsed;

REVOKE ALL ON llm_decision_reviews_json FROM PUBLIC;
GRANT SELECT ON llm_decision_reviews_json TO torghut_app;
COMMENT ON VIEW llm_decision_reviews_json IS
  'Reviews as the first service stored them: input_json is the request, response_json the advice and its lineage.';

COMMENT ON TABLE trade_decisions IS 'What strategies wanted to do, as first reviewed.';
COMMENT ON COLUMN trade_decisions.id IS 'The scheduler''s own id of the decision.';
COMMENT ON COLUMN trade_decisions.strategy_id IS 'Strategy that proposed the trade.';
COMMENT ON COLUMN trade_decisions.symbol IS 'Instrument to trade.';
COMMENT ON COLUMN trade_decisions.action IS 'Side of the order: buy or sell.';
COMMENT ON COLUMN trade_decisions.qty IS 'Quantity the strategy asked for, before any review.';
COMMENT ON COLUMN trade_decisions.event_at IS 'When the signal happened.';
COMMENT ON COLUMN trade_decisions.known_at IS 'When the review plane learned of the decision.';
COMMENT ON COLUMN trade_decisions.created_at IS 'Wall time of the row.';

COMMENT ON TABLE gate_policies IS 'Every policy deterministic gates ever judged by.';
COMMENT ON COLUMN gate_policies.policy_hash IS 'Name of the policy: SHA-256 of its bytes.';
COMMENT ON COLUMN gate_policies.bytes IS 'Canonical JSON of the policy.';
COMMENT ON COLUMN gate_policies.created_at IS 'Wall time of the first start with this policy.';

COMMENT ON TABLE program_artifacts IS 'Runnable programs by content. Being here is not a permission to run.';
COMMENT ON COLUMN program_artifacts.kind IS 'Family of things the artifact belongs to, such as program.';
COMMENT ON COLUMN program_artifacts.program_name IS 'Program the artifact is a version of.';
COMMENT ON COLUMN program_artifacts.artifact_hash IS 'Name of the artifact: SHA-256 of its bytes.';
COMMENT ON COLUMN program_artifacts.bytes IS 'Canonical JSON of the artifact.';
COMMENT ON COLUMN program_artifacts.created_at IS 'Wall time when it was first saved.';

COMMENT ON TABLE audit_writers IS 'Processes that wrote reviews; each has a hash chain of its own.';
COMMENT ON COLUMN audit_writers.writer_id IS 'Random name of the process run.';
COMMENT ON COLUMN audit_writers.engine_version IS 'Version of the deciding code it ran.';
COMMENT ON COLUMN audit_writers.started_at IS 'When the process started.';
COMMENT ON COLUMN audit_writers.genesis_hash IS 'What the first row of the chain names as its predecessor.';

COMMENT ON TABLE audit_batches IS 'One committed flush of a writer; makes every (writer_id, seq) unique.';
COMMENT ON COLUMN audit_batches.writer_id IS 'Writer whose chain grew.';
COMMENT ON COLUMN audit_batches.first_seq IS 'Place of the first review of the flush.';
COMMENT ON COLUMN audit_batches.last_seq IS 'Place of the last one; the next flush starts after it.';
COMMENT ON COLUMN audit_batches.last_row_hash IS 'Head of the chain after the flush.';
COMMENT ON COLUMN audit_batches.created_at IS 'Wall time of the flush, the created_at of its reviews.';

COMMENT ON TABLE review_keys IS 'Idempotency keys: who works on one, and which review answered it.';
COMMENT ON COLUMN review_keys.key IS 'Idempotency key of the caller; the decision id by default.';
COMMENT ON COLUMN review_keys.body_hash IS 'SHA-256 of the body first posted under the key.';
COMMENT ON COLUMN review_keys.owner IS 'Random name of the attempt that holds the lease.';
COMMENT ON COLUMN review_keys.lease_until IS 'After this, another attempt may take the key over.';
COMMENT ON COLUMN review_keys.review_id IS 'Review that answered the key, final once set.';
COMMENT ON COLUMN review_keys.created_at IS 'Wall time of the first claim.';

COMMENT ON TABLE trade_outcomes IS 'What decisions earned, as reported later.';
COMMENT ON COLUMN trade_outcomes.outcome_id IS 'The reporter''s id; the same id must carry the same result.';
COMMENT ON COLUMN trade_outcomes.trade_decision_id IS 'Decision that earned it.';
COMMENT ON COLUMN trade_outcomes.kind IS 'realised when the trade was made, counterfactual when it was not.';
COMMENT ON COLUMN trade_outcomes.horizon IS 'ISO 8601 duration the result was measured over.';
COMMENT ON COLUMN trade_outcomes.entry_price IS 'Price the position was opened at.';
COMMENT ON COLUMN trade_outcomes.entry_at IS 'When it was opened.';
COMMENT ON COLUMN trade_outcomes.exit_price IS 'Price it was closed at.';
COMMENT ON COLUMN trade_outcomes.exit_at IS 'When it was closed.';
COMMENT ON COLUMN trade_outcomes.gross IS 'Result before costs, as a fraction of entry notional.';
COMMENT ON COLUMN trade_outcomes.costs IS 'Named costs, as fractions of entry notional.';
COMMENT ON COLUMN trade_outcomes.net IS 'Gross minus all costs.';
COMMENT ON COLUMN trade_outcomes.price_source IS 'Where the prices came from.';
COMMENT ON COLUMN trade_outcomes.event_at IS 'When the result happened: the exit.';
COMMENT ON COLUMN trade_outcomes.known_at IS 'When anybody could have known it; nothing earlier may learn from it.';
COMMENT ON COLUMN trade_outcomes.bytes IS 'Canonical JSON of the result as accepted.';
COMMENT ON COLUMN trade_outcomes.created_at IS 'Wall time of the row.';

COMMENT ON TABLE llm_decision_reviews IS 'One row a review. Append only, hash-chained by writer.';
COMMENT ON COLUMN llm_decision_reviews.id IS 'Id of the review.';
COMMENT ON COLUMN llm_decision_reviews.trade_decision_id IS 'Decision under review.';
COMMENT ON COLUMN llm_decision_reviews.idempotency_key IS 'Key the review answered.';
COMMENT ON COLUMN llm_decision_reviews.strategy_id IS 'Strategy of the decision, for filters.';
COMMENT ON COLUMN llm_decision_reviews.symbol IS 'Instrument of the decision, for filters.';
COMMENT ON COLUMN llm_decision_reviews.verdict IS 'Final word, gates first; the advice''s own is advice_verdict.';
COMMENT ON COLUMN llm_decision_reviews.reason IS 'Code of the rule that settled the verdict against the advice.';
COMMENT ON COLUMN llm_decision_reviews.advice_verdict IS 'What the program or its fallback said; null when not asked.';
COMMENT ON COLUMN llm_decision_reviews.confidence IS 'Confidence of the advice, 0 to 1.';
COMMENT ON COLUMN llm_decision_reviews.adjusted_qty IS 'Quantity to send when the verdict is adjust.';
COMMENT ON COLUMN llm_decision_reviews.adjusted_order_type IS 'Order type to send when the verdict is adjust.';
COMMENT ON COLUMN llm_decision_reviews.rationale IS 'Why, in the words of the advice.';
COMMENT ON COLUMN llm_decision_reviews.risk_flags IS 'Risks the advice named, in its order.';
COMMENT ON COLUMN llm_decision_reviews.fallback_cause IS 'Why the fallback spoke; null when the program answered.';
COMMENT ON COLUMN llm_decision_reviews.llm_skipped IS 'Why the model was not asked although nothing failed.';
COMMENT ON COLUMN llm_decision_reviews.model IS 'Language model the deployment pins.';
COMMENT ON COLUMN llm_decision_reviews.prompt_version IS 'Prompt version the caller asked for.';
COMMENT ON COLUMN llm_decision_reviews.program_name IS 'Program that served the review.';
COMMENT ON COLUMN llm_decision_reviews.signature_version IS 'Version of the program''s inputs and outputs.';
COMMENT ON COLUMN llm_decision_reviews.artifact_hash IS 'Artifact that served it; null when none could be used.';
COMMENT ON COLUMN llm_decision_reviews.artifact_kind IS 'bootstrap, seed or compiled.';
COMMENT ON COLUMN llm_decision_reviews.executor IS 'What ran the artifact: the model or the heuristic.';
COMMENT ON COLUMN llm_decision_reviews.arm IS 'Side of a rollout that served it.';
COMMENT ON COLUMN llm_decision_reviews.stage IS 'Promotion target it was served under.';
COMMENT ON COLUMN llm_decision_reviews.clock IS 'replay when the time of the review came from a recording.';
COMMENT ON COLUMN llm_decision_reviews.simulated IS 'True when the gateway was the simulator.';
COMMENT ON COLUMN llm_decision_reviews.tokens_prompt IS 'Prompt tokens of all calls of the review, as reported.';
COMMENT ON COLUMN llm_decision_reviews.tokens_completion IS 'Completion tokens of all calls, as reported.';
COMMENT ON COLUMN llm_decision_reviews.prompt_hash IS 'SHA-256 of the messages the model was sent.';
COMMENT ON COLUMN llm_decision_reviews.request_hash IS 'SHA-256 of request_bytes.';
COMMENT ON COLUMN llm_decision_reviews.response_hash IS 'SHA-256 of the model''s answer text; null without one.';
COMMENT ON COLUMN llm_decision_reviews.record_hash IS 'SHA-256 of response_bytes.';
COMMENT ON COLUMN llm_decision_reviews.hash_version IS 'How every hash of the row is made.';
COMMENT ON COLUMN llm_decision_reviews.policy_hash IS 'Gate policy that judged it.';
COMMENT ON COLUMN llm_decision_reviews.engine_version IS 'Version of the deciding code, for replay.';
COMMENT ON COLUMN llm_decision_reviews.event_at IS 'When the signal happened.';
COMMENT ON COLUMN llm_decision_reviews.known_at IS 'When the request was received, on the review''s clock.';
COMMENT ON COLUMN llm_decision_reviews.reviewed_at IS 'When the verdict was settled, on the review''s clock.';
COMMENT ON COLUMN llm_decision_reviews.valid_until IS 'Until when the verdict may be acted on.';
COMMENT ON COLUMN llm_decision_reviews.shadow_of IS 'Review this one ran beside without deciding.';
COMMENT ON COLUMN llm_decision_reviews.duplicate_of IS 'Earlier review of the same body under another key.';
COMMENT ON COLUMN llm_decision_reviews.writer_id IS 'Whose chain the row is in.';
COMMENT ON COLUMN llm_decision_reviews.seq IS 'Place in that chain, from 1, without gaps.';
COMMENT ON COLUMN llm_decision_reviews.prev_hash IS 'row_hash of the place before, or the writer''s genesis_hash.';
COMMENT ON COLUMN llm_decision_reviews.row_hash IS 'SHA-256 over prev_hash and the deciding columns.';
COMMENT ON COLUMN llm_decision_reviews.created_at IS 'Wall time of the row, also in a replay; selects the partition.';
COMMENT ON COLUMN llm_decision_reviews.request_bytes IS 'Canonical JSON of the whole submission, as decided on.';
COMMENT ON COLUMN llm_decision_reviews.response_bytes IS 'Canonical JSON of the whole review record.';
