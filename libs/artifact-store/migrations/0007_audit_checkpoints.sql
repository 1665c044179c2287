CREATE TABLE "audit_archives" (
	"month" text PRIMARY KEY NOT NULL,
	"row_count" bigint NOT NULL,
	"manifest_hash" text NOT NULL,
	"archived_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_archives_month" CHECK ("audit_archives"."month" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
	CONSTRAINT "audit_archives_row_count" CHECK ("audit_archives"."row_count" >= 0),
	CONSTRAINT "audit_archives_manifest_hash" CHECK ("audit_archives"."manifest_hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "audit_checkpoints" (
	"number" bigint PRIMARY KEY NOT NULL,
	"taken_at" timestamp (3) with time zone NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	"key_id" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_checkpoints_previous" UNIQUE("previous_hash"),
	CONSTRAINT "audit_checkpoints_number" CHECK ("audit_checkpoints"."number" >= 1),
	CONSTRAINT "audit_checkpoints_previous_hash" CHECK ("audit_checkpoints"."previous_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "audit_checkpoints_key_id" CHECK ("audit_checkpoints"."key_id" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "audit_checkpoints_hash" CHECK ("audit_checkpoints"."hash" = encode(sha256("audit_checkpoints"."bytes"), 'hex')),
	CONSTRAINT "audit_checkpoints_signature" CHECK (octet_length("audit_checkpoints"."signature") = 64)
);
--> statement-breakpoint
-- A throttle is a control too.
ALTER TABLE "runtime_control_events" DROP CONSTRAINT "runtime_control_events_name";--> statement-breakpoint
ALTER TABLE "runtime_controls" DROP CONSTRAINT "runtime_controls_name";--> statement-breakpoint
ALTER TABLE "runtime_control_events" ADD CONSTRAINT "runtime_control_events_name" CHECK ("runtime_control_events"."name" in ('force_deterministic', 'halt_new_risk', 'pause_promotions', 'force_defensive_router', 'throttle'));--> statement-breakpoint
ALTER TABLE "runtime_controls" ADD CONSTRAINT "runtime_controls_name" CHECK ("runtime_controls"."name" in ('force_deterministic', 'halt_new_risk', 'pause_promotions', 'force_defensive_router', 'throttle'));--> statement-breakpoint
-- Checkpoints and the list of archives stay as they were written. Only the owner, who alone can detach a month, adds
-- to the list.
DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['audit_checkpoints', 'audit_archives'] LOOP
    EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW '
      'EXECUTE FUNCTION refuse_change()', guarded);
    EXECUTE format('CREATE TRIGGER keep_table BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
      'EXECUTE FUNCTION refuse_change()', guarded);
  END LOOP;
END
$$;

REVOKE ALL ON audit_checkpoints, audit_archives FROM PUBLIC;
GRANT SELECT, INSERT ON audit_checkpoints TO torghut_app;
GRANT SELECT ON audit_archives TO torghut_app;

COMMENT ON TABLE audit_checkpoints IS 'Signed statements of where every chain ended at one moment.';
COMMENT ON COLUMN audit_checkpoints.number IS 'Place among the checkpoints, from 1, without gaps.';
COMMENT ON COLUMN audit_checkpoints.taken_at IS 'When the heads were read.';
COMMENT ON COLUMN audit_checkpoints.previous_hash IS 'hash of the checkpoint before; zeros for the first.';
COMMENT ON COLUMN audit_checkpoints.hash IS 'SHA-256 of bytes.';
COMMENT ON COLUMN audit_checkpoints.key_id IS 'Which key signed: SHA-256 of the public key in DER.';
COMMENT ON COLUMN audit_checkpoints.bytes IS 'Canonical JSON of the checkpoint, as it was signed.';
COMMENT ON COLUMN audit_checkpoints.signature IS 'Ed25519 over bytes.';
COMMENT ON COLUMN audit_checkpoints.created_at IS 'Database time of the row.';

COMMENT ON TABLE audit_archives IS 'Months of reviews that were moved to files.';
COMMENT ON COLUMN audit_archives.month IS 'Which month, YYYY-MM in UTC.';
COMMENT ON COLUMN audit_archives.row_count IS 'How many reviews were moved.';
COMMENT ON COLUMN audit_archives.manifest_hash IS 'SHA-256 of the archive''s manifest.json.';
COMMENT ON COLUMN audit_archives.archived_at IS 'Database time of the move.';
