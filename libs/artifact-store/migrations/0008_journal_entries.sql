CREATE TABLE "journal_entries" (
	"review_id" uuid PRIMARY KEY NOT NULL,
	"journal_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"checksum" text NOT NULL,
	"journalled_at" timestamp (3) with time zone NOT NULL,
	"drained_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "journal_entries_position" CHECK ("journal_entries"."position" >= 1),
	CONSTRAINT "journal_entries_checksum" CHECK ("journal_entries"."checksum" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON journal_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_table BEFORE TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

REVOKE ALL ON journal_entries FROM PUBLIC;
GRANT SELECT, INSERT ON journal_entries TO torghut_app;

COMMENT ON TABLE journal_entries IS 'Reviews that were journalled while the database was away, once they are here.';
COMMENT ON COLUMN journal_entries.review_id IS 'Review that came out of the journal.';
COMMENT ON COLUMN journal_entries.journal_id IS 'Journal it waited in, as its first receipt named it.';
COMMENT ON COLUMN journal_entries.position IS 'Place in that journal, as its first receipt named it.';
COMMENT ON COLUMN journal_entries.checksum IS 'SHA-256 of the journalled bytes, as its first receipt named it.';
COMMENT ON COLUMN journal_entries.journalled_at IS 'When it became durable in the journal.';
COMMENT ON COLUMN journal_entries.drained_at IS 'When it came to the database.';
COMMENT ON COLUMN llm_decision_reviews.duplicate_of IS
  'Review that answered the same key before; this one was decided while the database was away.';
