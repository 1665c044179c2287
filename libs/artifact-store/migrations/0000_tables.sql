CREATE TABLE "audit_batches" (
	"writer_id" uuid NOT NULL,
	"first_seq" bigint NOT NULL,
	"last_seq" bigint NOT NULL,
	"last_row_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_batches_writer_id_first_seq_pk" PRIMARY KEY("writer_id","first_seq"),
	CONSTRAINT "audit_batches_range" CHECK ("audit_batches"."first_seq" >= 1 and "audit_batches"."last_seq" >= "audit_batches"."first_seq"),
	CONSTRAINT "audit_batches_last_row_hash" CHECK ("audit_batches"."last_row_hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "audit_writers" (
	"writer_id" uuid PRIMARY KEY NOT NULL,
	"engine_version" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"genesis_hash" text NOT NULL,
	CONSTRAINT "audit_writers_genesis_hash" CHECK ("audit_writers"."genesis_hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "gate_policies" (
	"policy_hash" text PRIMARY KEY NOT NULL,
	"bytes" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "gate_policies_hash" CHECK ("gate_policies"."policy_hash" = encode(sha256("gate_policies"."bytes"), 'hex'))
);
--> statement-breakpoint
CREATE TABLE "llm_decision_reviews" (
	"id" uuid NOT NULL,
	"trade_decision_id" uuid NOT NULL,
	"idempotency_key" text NOT NULL,
	"strategy_id" text NOT NULL,
	"symbol" text NOT NULL,
	"verdict" varchar(16) NOT NULL,
	"reason" text,
	"advice_verdict" varchar(16),
	"confidence" numeric(6, 4),
	"adjusted_qty" numeric(28, 8),
	"adjusted_order_type" varchar(32),
	"rationale" text,
	"risk_flags" text[] NOT NULL,
	"fallback_cause" text,
	"llm_skipped" text,
	"model" varchar(128) NOT NULL,
	"prompt_version" varchar(32) NOT NULL,
	"program_name" text NOT NULL,
	"signature_version" text NOT NULL,
	"artifact_hash" text,
	"artifact_kind" text,
	"executor" text,
	"arm" text NOT NULL,
	"stage" text NOT NULL,
	"clock" text NOT NULL,
	"simulated" boolean NOT NULL,
	"tokens_prompt" integer,
	"tokens_completion" integer,
	"prompt_hash" text,
	"request_hash" text NOT NULL,
	"response_hash" text,
	"record_hash" text NOT NULL,
	"hash_version" text NOT NULL,
	"policy_hash" text NOT NULL,
	"engine_version" text NOT NULL,
	"event_at" timestamp (3) with time zone NOT NULL,
	"known_at" timestamp (3) with time zone NOT NULL,
	"reviewed_at" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone NOT NULL,
	"shadow_of" uuid,
	"duplicate_of" uuid,
	"writer_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"prev_hash" text NOT NULL,
	"row_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"request_bytes" "bytea" NOT NULL,
	"response_bytes" "bytea" NOT NULL,
	CONSTRAINT "llm_decision_reviews_id_created_at_pk" PRIMARY KEY("id","created_at"),
	CONSTRAINT "llm_decision_reviews_verdict_known" CHECK ("llm_decision_reviews"."verdict" in ('approve', 'veto', 'adjust')),
	CONSTRAINT "llm_decision_reviews_advice_verdict_known" CHECK ("llm_decision_reviews"."advice_verdict" in ('approve', 'veto', 'adjust', 'abstain', 'escalate')),
	CONSTRAINT "llm_decision_reviews_adjusted_order_type_known" CHECK ("llm_decision_reviews"."adjusted_order_type" in ('market', 'limit', 'stop', 'stop_limit')),
	CONSTRAINT "llm_decision_reviews_fallback_cause_known" CHECK ("llm_decision_reviews"."fallback_cause" in ('gateway_refused', 'gateway_reset', 'gateway_timeout', 'gateway_stalled', 'gateway_truncated', 'gateway_error_frame', 'gateway_http_error', 'gateway_protocol', 'answer_missing', 'answer_ambiguous', 'answer_altered', 'advice_invalid', 'advice_incoherent', 'breaker_open', 'overloaded', 'artifact_missing', 'artifact_hash_mismatch', 'artifact_not_promoted', 'artifact_program_mismatch', 'resource_exceeded', 'force_deterministic', 'unsafe_text', 'internal')),
	CONSTRAINT "llm_decision_reviews_llm_skipped_known" CHECK ("llm_decision_reviews"."llm_skipped" in ('reducing', 'fast_path', 'kill_switch')),
	CONSTRAINT "llm_decision_reviews_artifact_kind_known" CHECK ("llm_decision_reviews"."artifact_kind" in ('bootstrap', 'seed', 'compiled')),
	CONSTRAINT "llm_decision_reviews_executor_known" CHECK ("llm_decision_reviews"."executor" in ('heuristic', 'dspy_live')),
	CONSTRAINT "llm_decision_reviews_arm_known" CHECK ("llm_decision_reviews"."arm" in ('base', 'candidate')),
	CONSTRAINT "llm_decision_reviews_stage_known" CHECK ("llm_decision_reviews"."stage" in ('paper', 'shadow', 'constrained_live', 'scaled_live')),
	CONSTRAINT "llm_decision_reviews_clock_known" CHECK ("llm_decision_reviews"."clock" in ('wall', 'replay')),
	CONSTRAINT "llm_decision_reviews_hash_version_known" CHECK ("llm_decision_reviews"."hash_version" in ('jcs-sha256-v1')),
	CONSTRAINT "llm_decision_reviews_artifact_hash_form" CHECK ("llm_decision_reviews"."artifact_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "llm_decision_reviews_prompt_hash_form" CHECK ("llm_decision_reviews"."prompt_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "llm_decision_reviews_response_hash_form" CHECK ("llm_decision_reviews"."response_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "llm_decision_reviews_prev_hash_form" CHECK ("llm_decision_reviews"."prev_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "llm_decision_reviews_row_hash_form" CHECK ("llm_decision_reviews"."row_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "llm_decision_reviews_request_hash_of" CHECK ("llm_decision_reviews"."request_hash" = encode(sha256("llm_decision_reviews"."request_bytes"), 'hex')),
	CONSTRAINT "llm_decision_reviews_record_hash_of" CHECK ("llm_decision_reviews"."record_hash" = encode(sha256("llm_decision_reviews"."response_bytes"), 'hex')),
	CONSTRAINT "llm_decision_reviews_seq" CHECK ("llm_decision_reviews"."seq" >= 1),
	CONSTRAINT "llm_decision_reviews_confidence" CHECK ("llm_decision_reviews"."confidence" between 0 and 1),
	CONSTRAINT "llm_decision_reviews_tokens" CHECK ("llm_decision_reviews"."tokens_prompt" >= 0 and "llm_decision_reviews"."tokens_completion" >= 0),
	CONSTRAINT "llm_decision_reviews_adjusted" CHECK (("llm_decision_reviews"."adjusted_qty" is not null) = ("llm_decision_reviews"."verdict" = 'adjust')),
	CONSTRAINT "llm_decision_reviews_shadow" CHECK ("llm_decision_reviews"."shadow_of" <> "llm_decision_reviews"."id" and "llm_decision_reviews"."duplicate_of" <> "llm_decision_reviews"."id")
) PARTITION BY RANGE ("created_at");
--> statement-breakpoint
CREATE TABLE "program_artifacts" (
	"kind" text NOT NULL,
	"program_name" text NOT NULL,
	"artifact_hash" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "program_artifacts_kind_program_name_artifact_hash_pk" PRIMARY KEY("kind","program_name","artifact_hash"),
	CONSTRAINT "program_artifacts_hash" CHECK ("program_artifacts"."artifact_hash" = encode(sha256("program_artifacts"."bytes"), 'hex'))
);
--> statement-breakpoint
CREATE TABLE "review_keys" (
	"key" text PRIMARY KEY NOT NULL,
	"body_hash" text NOT NULL,
	"owner" uuid NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	"review_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "review_keys_key_length" CHECK (char_length("review_keys"."key") between 1 and 255),
	CONSTRAINT "review_keys_body_hash" CHECK ("review_keys"."body_hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "trade_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"strategy_id" text NOT NULL,
	"symbol" text NOT NULL,
	"action" text NOT NULL,
	"qty" numeric(28, 8) NOT NULL,
	"event_at" timestamp (3) with time zone NOT NULL,
	"known_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trade_decisions_action" CHECK ("trade_decisions"."action" in ('buy', 'sell'))
);
--> statement-breakpoint
CREATE TABLE "trade_outcomes" (
	"outcome_id" uuid PRIMARY KEY NOT NULL,
	"trade_decision_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"horizon" text NOT NULL,
	"entry_price" numeric(28, 8) NOT NULL,
	"entry_at" timestamp (3) with time zone NOT NULL,
	"exit_price" numeric(28, 8) NOT NULL,
	"exit_at" timestamp (3) with time zone NOT NULL,
	"gross" numeric(28, 8) NOT NULL,
	"costs" jsonb NOT NULL,
	"net" numeric(28, 8) NOT NULL,
	"price_source" text NOT NULL,
	"event_at" timestamp (3) with time zone NOT NULL,
	"known_at" timestamp (3) with time zone NOT NULL,
	"bytes" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trade_outcomes_kind" CHECK ("trade_outcomes"."kind" in ('realised', 'counterfactual')),
	CONSTRAINT "trade_outcomes_order" CHECK ("trade_outcomes"."entry_at" <= "trade_outcomes"."exit_at" and "trade_outcomes"."event_at" <= "trade_outcomes"."known_at")
);
--> statement-breakpoint
ALTER TABLE "audit_batches" ADD CONSTRAINT "audit_batches_writer_id_audit_writers_writer_id_fk" FOREIGN KEY ("writer_id") REFERENCES "public"."audit_writers"("writer_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "llm_decision_reviews" ADD CONSTRAINT "llm_decision_reviews_trade_decision_id_trade_decisions_id_fk" FOREIGN KEY ("trade_decision_id") REFERENCES "public"."trade_decisions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "llm_decision_reviews" ADD CONSTRAINT "llm_decision_reviews_policy_hash_gate_policies_policy_hash_fk" FOREIGN KEY ("policy_hash") REFERENCES "public"."gate_policies"("policy_hash") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "llm_decision_reviews" ADD CONSTRAINT "llm_decision_reviews_writer_id_audit_writers_writer_id_fk" FOREIGN KEY ("writer_id") REFERENCES "public"."audit_writers"("writer_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trade_outcomes" ADD CONSTRAINT "trade_outcomes_trade_decision_id_trade_decisions_id_fk" FOREIGN KEY ("trade_decision_id") REFERENCES "public"."trade_decisions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "llm_decision_reviews_chain" ON "llm_decision_reviews" USING btree ("writer_id","seq","created_at");--> statement-breakpoint
CREATE INDEX "llm_decision_reviews_created_at" ON "llm_decision_reviews" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "llm_decision_reviews_trade_decision_id" ON "llm_decision_reviews" USING btree ("trade_decision_id");--> statement-breakpoint
CREATE INDEX "llm_decision_reviews_symbol" ON "llm_decision_reviews" USING btree ("symbol","created_at");--> statement-breakpoint
CREATE INDEX "llm_decision_reviews_verdict" ON "llm_decision_reviews" USING btree ("verdict","created_at");--> statement-breakpoint
CREATE INDEX "llm_decision_reviews_artifact_hash" ON "llm_decision_reviews" USING btree ("artifact_hash","created_at");--> statement-breakpoint
CREATE INDEX "llm_decision_reviews_fallback_cause" ON "llm_decision_reviews" USING btree ("fallback_cause","created_at") WHERE fallback_cause is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "review_keys_review_id" ON "review_keys" USING btree ("review_id");--> statement-breakpoint
CREATE INDEX "trade_outcomes_trade_decision_id" ON "trade_outcomes" USING btree ("trade_decision_id");--> statement-breakpoint
CREATE INDEX "trade_outcomes_known_at" ON "trade_outcomes" USING btree ("known_at");