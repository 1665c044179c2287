CREATE TABLE "node_results" (
	"key" text PRIMARY KEY NOT NULL,
	"program_name" text NOT NULL,
	"node_id" text NOT NULL,
	"node_version" text NOT NULL,
	"output" "bytea" NOT NULL,
	"stored_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "node_results_key" CHECK ("node_results"."key" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "node_results_output" CHECK (octet_length("node_results"."output") <= 1048576)
);
--> statement-breakpoint
CREATE TABLE "program_runs" (
	"run_id" text NOT NULL,
	"node_id" text NOT NULL,
	"node_version" text NOT NULL,
	"input_hash" text NOT NULL,
	"output" "bytea" NOT NULL,
	"trace" "bytea" NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"saved_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "program_runs_run_id_node_id_pk" PRIMARY KEY("run_id","node_id"),
	CONSTRAINT "program_runs_run_id" CHECK (char_length("program_runs"."run_id") between 1 and 200),
	CONSTRAINT "program_runs_input_hash" CHECK ("program_runs"."input_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "program_runs_size" CHECK (octet_length("program_runs"."output") + octet_length("program_runs"."trace") <= 8388608)
);
--> statement-breakpoint
CREATE TABLE "validation_results" (
	"key" text PRIMARY KEY NOT NULL,
	"schema_hash" text NOT NULL,
	"validator_id" text NOT NULL,
	"validator_version" text NOT NULL,
	"result" "bytea" NOT NULL,
	"stored_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "validation_results_key" CHECK ("validation_results"."key" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "validation_results_result" CHECK (octet_length("validation_results"."result") <= 1048576)
);
--> statement-breakpoint
CREATE INDEX "node_results_tags" ON "node_results" USING btree ("program_name","node_id","node_version");--> statement-breakpoint
CREATE INDEX "node_results_stored_at" ON "node_results" USING btree ("stored_at");--> statement-breakpoint
CREATE INDEX "program_runs_saved_at" ON "program_runs" USING btree ("saved_at");--> statement-breakpoint
CREATE INDEX "validation_results_tags" ON "validation_results" USING btree ("validator_id","validator_version");--> statement-breakpoint
CREATE INDEX "validation_results_stored_at" ON "validation_results" USING btree ("stored_at");--> statement-breakpoint
-- Caches and checkpoints of runs: what a run led to is told in its own record, so these rows may change and go.
REVOKE ALL ON node_results, program_runs, validation_results FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON node_results, program_runs, validation_results TO torghut_app;

COMMENT ON TABLE node_results IS 'Cached outputs of program nodes, by everything an output depends on.';
COMMENT ON COLUMN node_results.key IS 'SHA-256 of the canonical JSON of what the output depends on.';
COMMENT ON COLUMN node_results.program_name IS 'Program the node belongs to.';
COMMENT ON COLUMN node_results.node_id IS 'Node that gave the output.';
COMMENT ON COLUMN node_results.node_version IS 'Signature of the node and its version.';
COMMENT ON COLUMN node_results.output IS 'Canonical JSON of the output; nothing of the run that computed it.';
COMMENT ON COLUMN node_results.stored_at IS 'When it was computed, on the clock of that process; it expires from here.';

COMMENT ON TABLE validation_results IS 'Cached answers of validators, by validator, schema and subject.';
COMMENT ON COLUMN validation_results.key IS 'SHA-256 of the canonical JSON of what the answer depends on.';
COMMENT ON COLUMN validation_results.schema_hash IS 'Hash of the schema that was enforced.';
COMMENT ON COLUMN validation_results.validator_id IS 'Validator that answered.';
COMMENT ON COLUMN validation_results.validator_version IS 'Its version.';
COMMENT ON COLUMN validation_results.result IS 'Canonical JSON: whether it passed, and the messages.';
COMMENT ON COLUMN validation_results.stored_at IS 'When it was answered, on the clock of that process; it expires from here.';

COMMENT ON TABLE program_runs IS 'Finished nodes of program runs that may be resumed after a crash.';
COMMENT ON COLUMN program_runs.run_id IS 'The run.';
COMMENT ON COLUMN program_runs.node_id IS 'The finished node.';
COMMENT ON COLUMN program_runs.node_version IS 'Signature of the node and its version; another one is other work.';
COMMENT ON COLUMN program_runs.input_hash IS 'Hash of the canonical inputs; another one is other work.';
COMMENT ON COLUMN program_runs.output IS 'Canonical JSON of what the node gave; of the same work the first stays.';
COMMENT ON COLUMN program_runs.trace IS 'Canonical JSON of what the node left behind for provenance.';
COMMENT ON COLUMN program_runs.revision IS 'How often other work took the place of what was saved, and one.';
COMMENT ON COLUMN program_runs.created_at IS 'Database time of the first save.';
COMMENT ON COLUMN program_runs.saved_at IS 'Database time of the last save that changed the row.';
