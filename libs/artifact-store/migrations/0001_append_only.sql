-- What the tables promise beyond their columns: rows stay as they were written, for the application by grants and for
-- the owner by triggers. Three roles exist before this runs: torghut_owner (whoever migrates), torghut_app and
-- torghut_approver.

ALTER TABLE llm_decision_reviews ALTER COLUMN request_bytes SET STORAGE EXTERNAL;
ALTER TABLE llm_decision_reviews ALTER COLUMN response_bytes SET STORAGE EXTERNAL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Table "%" is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'TG002';
END
$$;

-- A key may change hands while nobody has answered it. Nothing else about it ever changes.
CREATE FUNCTION guard_review_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.review_id IS NOT NULL THEN
    RAISE EXCEPTION 'Review key "%" is answered by review % and cannot change', OLD.key, OLD.review_id
      USING ERRCODE = 'TG002';
  END IF;
  IF (NEW.key, NEW.body_hash, NEW.created_at) IS DISTINCT FROM (OLD.key, OLD.body_hash, OLD.created_at) THEN
    RAISE EXCEPTION 'Review key "%" keeps its body and its time', OLD.key USING ERRCODE = 'TG002';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER keep_answer BEFORE UPDATE ON review_keys FOR EACH ROW EXECUTE FUNCTION guard_review_key();
CREATE TRIGGER keep_rows BEFORE DELETE ON review_keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_table BEFORE TRUNCATE ON review_keys FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['trade_decisions', 'llm_decision_reviews', 'gate_policies', 'program_artifacts',
    'trade_outcomes', 'audit_writers', 'audit_batches']
  LOOP
    EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW '
      'EXECUTE FUNCTION refuse_change()', guarded);
    EXECUTE format('CREATE TRIGGER keep_table BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
      'EXECUTE FUNCTION refuse_change()', guarded);
  END LOOP;
END
$$;

-- Called inside the statement that appends a batch: a key lost to another replica undoes the whole batch.
CREATE FUNCTION require_keys_won(won bigint, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF won <> expected THEN
    RAISE EXCEPTION 'Won % of % review keys', won, expected USING ERRCODE = 'TG001';
  END IF;
END
$$;

CREATE TABLE llm_decision_reviews_default PARTITION OF llm_decision_reviews DEFAULT;
CREATE TRIGGER keep_table BEFORE TRUNCATE ON llm_decision_reviews_default
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Makes the partitions of this month and the next ones, in UTC, and answers with the names it made. Row triggers reach
-- new partitions by themselves, truncate triggers do not. A month whose rows already lie in the default partition is
-- left there: moving them would break the rule they live under.
CREATE FUNCTION ensure_review_partitions(months_ahead int) RETURNS text[] LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  starts_at timestamp;
  partition_name text;
  made text[] := '{}';
BEGIN
  IF months_ahead IS NULL OR months_ahead NOT BETWEEN 0 AND 24 THEN
    RAISE EXCEPTION 'months_ahead must lie between 0 and 24, not %', months_ahead USING ERRCODE = '22023';
  END IF;
  FOR step IN 0..months_ahead LOOP
    starts_at := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => step);
    partition_name := 'llm_decision_reviews_' || to_char(starts_at, 'YYYY_MM');
    CONTINUE WHEN to_regclass('public.' || partition_name) IS NOT NULL;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_review_partitions'));
    CONTINUE WHEN to_regclass('public.' || partition_name) IS NOT NULL;
    BEGIN
      EXECUTE format('CREATE TABLE public.%I PARTITION OF public.llm_decision_reviews FOR VALUES FROM (%L) TO (%L)',
        partition_name, starts_at || '+00', (starts_at + interval '1 month') || '+00');
      EXECUTE format('CREATE TRIGGER keep_table BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT '
        'EXECUTE FUNCTION public.refuse_change()', partition_name);
      made := made || partition_name;
    EXCEPTION WHEN check_violation THEN
      RAISE WARNING 'Reviews of "%" stay in the default partition', partition_name;
    END;
  END LOOP;
  RETURN made;
END
$$;

SELECT ensure_review_partitions(2);

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, torghut_app, torghut_approver;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO torghut_app, torghut_approver;
GRANT SELECT, INSERT ON trade_decisions, llm_decision_reviews, review_keys, gate_policies, program_artifacts,
  trade_outcomes, audit_writers, audit_batches TO torghut_app;
GRANT UPDATE (owner, lease_until, review_id) ON review_keys TO torghut_app;
GRANT SELECT ON schema_migrations TO torghut_app;
GRANT EXECUTE ON FUNCTION ensure_review_partitions(int), require_keys_won(bigint, bigint) TO torghut_app;
