CREATE TABLE "denylist_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "denylist_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"program_name" text NOT NULL,
	"artifact_hash" text NOT NULL,
	"denied" boolean NOT NULL,
	"source" text NOT NULL,
	"rollout_id" uuid,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "denylist_events_kind" CHECK ("denylist_events"."kind" in ('program')),
	CONSTRAINT "denylist_events_hash" CHECK ("denylist_events"."artifact_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "denylist_events_source" CHECK ("denylist_events"."source" in ('rollout', 'observation_window', 'person'))
);
--> statement-breakpoint
CREATE TABLE "rollout_events" (
	"kind" text NOT NULL,
	"program_name" text NOT NULL,
	"rollout_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"target" text NOT NULL,
	"base_artifact_hash" text NOT NULL,
	"candidate_artifact_hash" text NOT NULL,
	"event" text NOT NULL,
	"step_before" text,
	"step_after" text NOT NULL,
	"state_after" text NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"evidence" "bytea" NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rollout_events_kind_program_name_rollout_id_seq_pk" PRIMARY KEY("kind","program_name","rollout_id","seq"),
	CONSTRAINT "rollout_events_kind" CHECK ("rollout_events"."kind" in ('program')),
	CONSTRAINT "rollout_events_target" CHECK ("rollout_events"."target" in ('paper', 'shadow', 'constrained_live', 'scaled_live')),
	CONSTRAINT "rollout_events_base" CHECK ("rollout_events"."base_artifact_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "rollout_events_candidate" CHECK ("rollout_events"."candidate_artifact_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "rollout_events_event" CHECK ("rollout_events"."event" in ('start', 'pause', 'resume', 'advance', 'hold', 'complete', 'abort', 'rollback')),
	CONSTRAINT "rollout_events_step_before" CHECK ("rollout_events"."step_before" in ('shadow', '10', '25', '50', '75', '100')),
	CONSTRAINT "rollout_events_step_after" CHECK ("rollout_events"."step_after" in ('shadow', '10', '25', '50', '75', '100')),
	CONSTRAINT "rollout_events_state" CHECK ("rollout_events"."state_after" in ('running', 'paused', 'completed', 'aborted', 'rolled_back')),
	CONSTRAINT "rollout_events_first" CHECK (("rollout_events"."event" = 'start') = ("rollout_events"."seq" = 1)
        and ("rollout_events"."step_before" is null) = ("rollout_events"."seq" = 1))
);
--> statement-breakpoint
CREATE TABLE "rollouts" (
	"kind" text NOT NULL,
	"program_name" text NOT NULL,
	"rollout_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"target" text NOT NULL,
	"base_artifact_hash" text NOT NULL,
	"candidate_artifact_hash" text NOT NULL,
	"step" text NOT NULL,
	"state" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "rollouts_kind_program_name_rollout_id_pk" PRIMARY KEY("kind","program_name","rollout_id"),
	CONSTRAINT "rollouts_kind" CHECK ("rollouts"."kind" in ('program')),
	CONSTRAINT "rollouts_target" CHECK ("rollouts"."target" in ('paper', 'shadow', 'constrained_live', 'scaled_live')),
	CONSTRAINT "rollouts_step" CHECK ("rollouts"."step" in ('shadow', '10', '25', '50', '75', '100')),
	CONSTRAINT "rollouts_state" CHECK ("rollouts"."state" in ('running', 'paused', 'completed', 'aborted', 'rolled_back'))
);
--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_event" FOREIGN KEY ("kind","program_name","rollout_id","seq") REFERENCES "public"."rollout_events"("kind","program_name","rollout_id","seq") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_candidate" FOREIGN KEY ("kind","program_name","candidate_artifact_hash") REFERENCES "public"."program_artifacts"("kind","program_name","artifact_hash") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "denylist_events_artifact" ON "denylist_events" USING btree ("kind","program_name","artifact_hash","id");--> statement-breakpoint
CREATE INDEX "rollout_events_at" ON "rollout_events" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "rollouts_open" ON "rollouts" USING btree ("kind","program_name","target") WHERE "rollouts"."state" in ('running', 'paused');--> statement-breakpoint
-- The moves of rollouts and the denials of artifacts stay as they were written.
DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['rollout_events', 'denylist_events'] LOOP
    EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW '
      'EXECUTE FUNCTION refuse_change()', guarded);
    EXECUTE format('CREATE TRIGGER keep_table BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
      'EXECUTE FUNCTION refuse_change()', guarded);
  END LOOP;
END
$$;

-- A rollout stands where its newest event left it. An event has to begin where the rollout is, so of two callers at
-- once one is refused. What is rolled back is denied in the same moment. The notification leaves with the commit.
CREATE FUNCTION apply_rollout_event() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.event = 'start' THEN
    INSERT INTO public.rollouts (kind, program_name, rollout_id, seq, target, base_artifact_hash,
      candidate_artifact_hash, step, state, started_at, updated_at)
    VALUES (NEW.kind, NEW.program_name, NEW.rollout_id, NEW.seq, NEW.target, NEW.base_artifact_hash,
      NEW.candidate_artifact_hash, NEW.step_after, NEW.state_after, NEW.at, NEW.at);
  ELSE
    UPDATE public.rollouts AS rollout SET seq = NEW.seq, step = NEW.step_after, state = NEW.state_after, updated_at = NEW.at
    WHERE rollout.kind = NEW.kind AND rollout.program_name = NEW.program_name AND rollout.rollout_id = NEW.rollout_id
      AND rollout.seq = NEW.seq - 1 AND rollout.step = NEW.step_before AND rollout.state IN ('running', 'paused')
      AND rollout.target = NEW.target AND rollout.base_artifact_hash = NEW.base_artifact_hash
      AND rollout.candidate_artifact_hash = NEW.candidate_artifact_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'Rollout "%" is not where event % begins', NEW.rollout_id, NEW.seq USING ERRCODE = 'TG003';
    END IF;
  END IF;
  IF NEW.event = 'rollback' THEN
    INSERT INTO public.denylist_events (kind, program_name, artifact_hash, denied, source, rollout_id, actor, reason, at)
    VALUES (NEW.kind, NEW.program_name, NEW.candidate_artifact_hash, true, 'rollout', NEW.rollout_id, NEW.actor,
      NEW.reason, NEW.at);
  END IF;
  PERFORM pg_notify('torghut_rollouts', NEW.rollout_id::text);
  RETURN NULL;
END
$$;

CREATE FUNCTION tell_denial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('torghut_rollouts', NEW.artifact_hash);
  RETURN NULL;
END
$$;

CREATE TRIGGER apply_event AFTER INSERT ON rollout_events FOR EACH ROW EXECUTE FUNCTION apply_rollout_event();
CREATE TRIGGER tell_change AFTER INSERT ON denylist_events FOR EACH ROW EXECUTE FUNCTION tell_denial();
-- Nobody moves a rollout past its audit; the function is the one that guards the controls.
CREATE TRIGGER keep_rows BEFORE INSERT OR UPDATE OR DELETE ON rollouts FOR EACH ROW EXECUTE FUNCTION guard_control();
CREATE TRIGGER keep_table BEFORE TRUNCATE ON rollouts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

REVOKE ALL ON rollout_events, rollouts, denylist_events FROM PUBLIC;
REVOKE ALL ON FUNCTION apply_rollout_event(), tell_denial() FROM PUBLIC;
GRANT SELECT, INSERT ON rollout_events, denylist_events TO torghut_app;
GRANT SELECT ON rollouts TO torghut_app;

COMMENT ON TABLE rollout_events IS 'Audit of the rollouts: every move there ever was.';
COMMENT ON COLUMN rollout_events.kind IS 'Kind of thing that is rolled out.';
COMMENT ON COLUMN rollout_events.program_name IS 'Which program.';
COMMENT ON COLUMN rollout_events.rollout_id IS 'Which rollout.';
COMMENT ON COLUMN rollout_events.seq IS 'Place among the rollout''s events, from 1.';
COMMENT ON COLUMN rollout_events.target IS 'Stage the candidate is rolled out for.';
COMMENT ON COLUMN rollout_events.base_artifact_hash IS 'Artifact that was pinned when the rollout began.';
COMMENT ON COLUMN rollout_events.candidate_artifact_hash IS 'Artifact that gets a share of the decisions.';
COMMENT ON COLUMN rollout_events.event IS 'What happened.';
COMMENT ON COLUMN rollout_events.step_before IS 'Step it began at; null for the first event.';
COMMENT ON COLUMN rollout_events.step_after IS 'Step it left the rollout at.';
COMMENT ON COLUMN rollout_events.state_after IS 'State it left the rollout in.';
COMMENT ON COLUMN rollout_events.actor IS 'Subject of the key that moved it, local without keys, or the controller.';
COMMENT ON COLUMN rollout_events.reason IS 'Why, in the words of whoever moved it.';
COMMENT ON COLUMN rollout_events.evidence IS 'Canonical JSON of the figures it was moved on.';
COMMENT ON COLUMN rollout_events.at IS 'Database time of the move.';

COMMENT ON TABLE rollouts IS 'Where each rollout stands: its newest event.';
COMMENT ON COLUMN rollouts.kind IS 'Kind of thing that is rolled out.';
COMMENT ON COLUMN rollouts.program_name IS 'Which program.';
COMMENT ON COLUMN rollouts.rollout_id IS 'The rollout; also what its subjects are placed by.';
COMMENT ON COLUMN rollouts.seq IS 'The event it follows from.';
COMMENT ON COLUMN rollouts.target IS 'Stage the candidate is rolled out for.';
COMMENT ON COLUMN rollouts.base_artifact_hash IS 'Artifact that was pinned when it began.';
COMMENT ON COLUMN rollouts.candidate_artifact_hash IS 'Artifact that gets a share of the decisions.';
COMMENT ON COLUMN rollouts.step IS 'How wide it is: shadow, or percent of the decisions.';
COMMENT ON COLUMN rollouts.state IS 'running, paused, or how it ended.';
COMMENT ON COLUMN rollouts.started_at IS 'Database time of its first event.';
COMMENT ON COLUMN rollouts.updated_at IS 'Database time of its newest event.';

COMMENT ON TABLE denylist_events IS 'Artifacts that may not be served, and denials that were cleared; the newest row of an artifact counts.';
COMMENT ON COLUMN denylist_events.id IS 'Order of the events.';
COMMENT ON COLUMN denylist_events.kind IS 'Kind of thing the artifact is.';
COMMENT ON COLUMN denylist_events.program_name IS 'Which program.';
COMMENT ON COLUMN denylist_events.artifact_hash IS 'Artifact that is denied or cleared.';
COMMENT ON COLUMN denylist_events.denied IS 'True denies it, false clears the denial.';
COMMENT ON COLUMN denylist_events.source IS 'Where the denial came from: a rollback, an observation window, a person.';
COMMENT ON COLUMN denylist_events.rollout_id IS 'Rollout it was the candidate of, if any.';
COMMENT ON COLUMN denylist_events.actor IS 'Who denied or cleared it.';
COMMENT ON COLUMN denylist_events.reason IS 'Why, in their words.';
COMMENT ON COLUMN denylist_events.at IS 'Database time of the event.';
