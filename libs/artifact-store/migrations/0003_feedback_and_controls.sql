CREATE TABLE "feedback" (
	"feedback_id" uuid PRIMARY KEY NOT NULL,
	"trade_decision_id" uuid NOT NULL,
	"source_kind" text NOT NULL,
	"source_id" text NOT NULL,
	"label" text NOT NULL,
	"reason" text NOT NULL,
	"known_at" timestamp (3) with time zone NOT NULL,
	"bytes" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feedback_source_kind" CHECK ("feedback"."source_kind" in ('person', 'desk_rule')),
	CONSTRAINT "feedback_label" CHECK ("feedback"."label" in ('approve', 'veto', 'adjust', 'abstain', 'escalate')),
	CONSTRAINT "feedback_reason" CHECK (char_length("feedback"."reason") <= 500)
);
--> statement-breakpoint
CREATE TABLE "runtime_control_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "runtime_control_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"symbol" text,
	"strategy_id" text,
	"value" boolean NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "runtime_control_events_name" CHECK ("runtime_control_events"."name" in ('force_deterministic', 'halt_new_risk', 'pause_promotions', 'force_defensive_router'))
);
--> statement-breakpoint
CREATE TABLE "runtime_controls" (
	"name" text NOT NULL,
	"symbol" text,
	"strategy_id" text,
	"value" boolean NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"set_at" timestamp (3) with time zone NOT NULL,
	"event_id" bigint NOT NULL,
	CONSTRAINT "runtime_controls_scope" UNIQUE NULLS NOT DISTINCT("name","symbol","strategy_id"),
	CONSTRAINT "runtime_controls_name" CHECK ("runtime_controls"."name" in ('force_deterministic', 'halt_new_risk', 'pause_promotions', 'force_defensive_router'))
);
--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_trade_decision_id_trade_decisions_id_fk" FOREIGN KEY ("trade_decision_id") REFERENCES "public"."trade_decisions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runtime_controls" ADD CONSTRAINT "runtime_controls_event_id_runtime_control_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."runtime_control_events"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feedback_trade_decision_id" ON "feedback" USING btree ("trade_decision_id");--> statement-breakpoint
CREATE INDEX "feedback_known_at" ON "feedback" USING btree ("known_at");--> statement-breakpoint
CREATE INDEX "runtime_control_events_name_at" ON "runtime_control_events" USING btree ("name","at");--> statement-breakpoint
-- Feedback and the audit of controls stay as they were written, like every other record.
DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['feedback', 'runtime_control_events'] LOOP
    EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW '
      'EXECUTE FUNCTION refuse_change()', guarded);
    EXECUTE format('CREATE TRIGGER keep_table BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
      'EXECUTE FUNCTION refuse_change()', guarded);
  END LOOP;
END
$$;

-- What a control stands at follows from its newest event. Two callers at once: the later event wins, whoever commits
-- last. The notification leaves with the commit, so nobody reads a setting that is taken back.
CREATE FUNCTION apply_control_event() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.runtime_controls AS control
    (name, symbol, strategy_id, value, actor, reason, expires_at, set_at, event_id)
  VALUES
    (NEW.name, NEW.symbol, NEW.strategy_id, NEW.value, NEW.actor, NEW.reason, NEW.expires_at, NEW.at, NEW.id)
  ON CONFLICT ON CONSTRAINT runtime_controls_scope DO UPDATE SET
    value = EXCLUDED.value, actor = EXCLUDED.actor, reason = EXCLUDED.reason,
    expires_at = EXCLUDED.expires_at, set_at = EXCLUDED.set_at, event_id = EXCLUDED.event_id
  WHERE control.event_id < EXCLUDED.event_id;
  PERFORM pg_notify('torghut_controls', NEW.id::text);
  RETURN NULL;
END
$$;

-- Nobody changes a control past its audit: the only way in is the trigger above, which works one level deeper.
CREATE FUNCTION guard_control() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'Table "%" follows its events: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'TG002';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER apply_event AFTER INSERT ON runtime_control_events FOR EACH ROW EXECUTE FUNCTION apply_control_event();
CREATE TRIGGER keep_rows BEFORE INSERT OR UPDATE OR DELETE ON runtime_controls FOR EACH ROW
  EXECUTE FUNCTION guard_control();
CREATE TRIGGER keep_table BEFORE TRUNCATE ON runtime_controls FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

REVOKE ALL ON feedback, runtime_control_events, runtime_controls FROM PUBLIC;
REVOKE ALL ON FUNCTION apply_control_event(), guard_control() FROM PUBLIC;
GRANT SELECT, INSERT ON feedback, runtime_control_events TO torghut_app;
GRANT SELECT ON runtime_controls TO torghut_app;

COMMENT ON TABLE feedback IS 'What people and desk rules said about decisions: labels to learn from.';
COMMENT ON COLUMN feedback.feedback_id IS 'The reporter''s id; the same id must carry the same feedback.';
COMMENT ON COLUMN feedback.trade_decision_id IS 'Decision it is about.';
COMMENT ON COLUMN feedback.source_kind IS 'person or desk_rule.';
COMMENT ON COLUMN feedback.source_id IS 'Which person or rule.';
COMMENT ON COLUMN feedback.label IS 'Verdict the decision should have had.';
COMMENT ON COLUMN feedback.reason IS 'Why, in the words of the source.';
COMMENT ON COLUMN feedback.known_at IS 'When the label was given; nothing earlier may learn from it.';
COMMENT ON COLUMN feedback.bytes IS 'Canonical JSON of the feedback as accepted.';
COMMENT ON COLUMN feedback.created_at IS 'Wall time of the row.';

COMMENT ON TABLE runtime_control_events IS 'Audit of the hard switches: every setting there ever was.';
COMMENT ON COLUMN runtime_control_events.id IS 'Order of the settings; the largest of a name and scope is in force.';
COMMENT ON COLUMN runtime_control_events.name IS 'Which switch.';
COMMENT ON COLUMN runtime_control_events.symbol IS 'Instrument it is limited to; null for all.';
COMMENT ON COLUMN runtime_control_events.strategy_id IS 'Strategy it is limited to; null for all.';
COMMENT ON COLUMN runtime_control_events.value IS 'True switches it on, false off.';
COMMENT ON COLUMN runtime_control_events.actor IS 'Subject of the key that set it, or local without keys.';
COMMENT ON COLUMN runtime_control_events.reason IS 'Why, in the words of whoever set it.';
COMMENT ON COLUMN runtime_control_events.expires_at IS 'From then on it is off by itself; null for never.';
COMMENT ON COLUMN runtime_control_events.at IS 'Database time of the setting.';

COMMENT ON TABLE runtime_controls IS 'What each switch stands at: the newest event of its name and scope.';
COMMENT ON COLUMN runtime_controls.name IS 'Which switch.';
COMMENT ON COLUMN runtime_controls.symbol IS 'Instrument it is limited to; null for all.';
COMMENT ON COLUMN runtime_controls.strategy_id IS 'Strategy it is limited to; null for all.';
COMMENT ON COLUMN runtime_controls.value IS 'True while it is switched on, expiry aside.';
COMMENT ON COLUMN runtime_controls.actor IS 'Who set it last.';
COMMENT ON COLUMN runtime_controls.reason IS 'Why, in their words.';
COMMENT ON COLUMN runtime_controls.expires_at IS 'From then on it is off by itself; null for never.';
COMMENT ON COLUMN runtime_controls.set_at IS 'When it was set last.';
COMMENT ON COLUMN runtime_controls.event_id IS 'The event it follows from.';
