CREATE TABLE "breaker_states" (
	"key" text PRIMARY KEY NOT NULL,
	"state" text DEFAULT 'closed' NOT NULL,
	"opened_at" timestamp (3) with time zone,
	"open_until" timestamp (3) with time zone,
	"probe_owner" uuid,
	"probe_until" timestamp (3) with time zone,
	"counts" jsonb DEFAULT '{"buckets":[],"streak":[]}'::jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "breaker_states_state" CHECK ("breaker_states"."state" in ('closed', 'open')),
	CONSTRAINT "breaker_states_open" CHECK (("breaker_states"."state" = 'open') = ("breaker_states"."open_until" is not null)
        and ("breaker_states"."opened_at" is null) = ("breaker_states"."open_until" is null)),
	CONSTRAINT "breaker_states_probe" CHECK (("breaker_states"."probe_owner" is null) = ("breaker_states"."probe_until" is null)
        and ("breaker_states"."probe_owner" is null or "breaker_states"."state" = 'open')),
	CONSTRAINT "breaker_states_key" CHECK (char_length("breaker_states"."key") between 1 and 512)
);
--> statement-breakpoint
-- Whoever opens, closes or probes a breaker tells the other replicas with its commit. Counts alone are no news.
CREATE FUNCTION tell_breaker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('torghut_breakers', NEW.key);
  RETURN NULL;
END
$$;

CREATE TRIGGER tell_change AFTER UPDATE ON breaker_states FOR EACH ROW
  WHEN ((OLD.open_until, OLD.probe_owner) IS DISTINCT FROM (NEW.open_until, NEW.probe_owner))
  EXECUTE FUNCTION tell_breaker();

REVOKE ALL ON breaker_states FROM PUBLIC;
REVOKE ALL ON FUNCTION tell_breaker() FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON breaker_states TO torghut_app;

COMMENT ON TABLE breaker_states IS 'Circuit breakers of the model calls, shared by all replicas.';
COMMENT ON COLUMN breaker_states.key IS 'What it guards: a gateway and model, or an artifact.';
COMMENT ON COLUMN breaker_states.state IS 'closed or open; an open one whose open_until has come is half-open.';
COMMENT ON COLUMN breaker_states.opened_at IS 'When it opened; a failed probe does not change it.';
COMMENT ON COLUMN breaker_states.open_until IS 'Until then no call is made; from then on one probe.';
COMMENT ON COLUMN breaker_states.probe_owner IS 'Who may make the one call of a half-open breaker.';
COMMENT ON COLUMN breaker_states.probe_until IS 'From then on the probe is free again: its owner went away.';
COMMENT ON COLUMN breaker_states.counts IS 'Calls and failures by slice of time, and the failures since the last success.';
COMMENT ON COLUMN breaker_states.updated_at IS 'Database time of the last change.';
