"""Rules of the panel that models cannot express. Functions named tools_* are in tools/migrations/0002_rules.py."""

from django.db import migrations

from reviews.listing.triggers import OPERATIONS

# The only changes of a published review are that a newer revision becomes the current one, and that a correction
# changes its text (from the trigger of `reviews_reviewcorrection`). What was handed in or scheduled stays as it is
# until it is published or unlocked. A confirmation can be undone for an hour.
APPEND_ONLY = """
CREATE FUNCTION reviews_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE state text[] := ARRAY['revision', 'reviewed_on', 'published_at', 'is_current', 'publish_at',
    'handed_in_at', 'handed_back_at', 'handed_back_reason'];
BEGIN
    IF OLD.published_at IS NULL THEN
        IF (OLD.handed_in_at IS NULL AND OLD.publish_at IS NULL)
            OR (TG_OP = 'UPDATE' AND to_jsonb(OLD) - state = to_jsonb(NEW) - state) THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
        RAISE EXCEPTION 'A review that is handed in or scheduled cannot be changed or deleted.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.is_current AND NOT NEW.is_current
        AND to_jsonb(OLD) - 'is_current' = to_jsonb(NEW) - 'is_current' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1
        AND to_jsonb(OLD) - 'body' = to_jsonb(NEW) - 'body' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A published review cannot be changed or deleted. Publish a revision instead.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE FUNCTION reviews_correct_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_review SET body = NEW.new_body
        WHERE id = NEW.review_id AND body = NEW.old_body AND published_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A correction names the present text of a published review.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION reviews_refuse_reaffirmation_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.made_at > clock_timestamp() - interval '1 hour' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'A confirmation cannot be changed, and can be undone for an hour only.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER published_review_never_changes BEFORE UPDATE OR DELETE ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reaffirmation_is_append_only BEFORE UPDATE OR DELETE ON reviews_reaffirmation
    FOR EACH ROW EXECUTE FUNCTION reviews_refuse_reaffirmation_change();
CREATE TRIGGER review_correction_changes_the_text BEFORE INSERT ON reviews_reviewcorrection
    FOR EACH ROW EXECUTE FUNCTION reviews_correct_text();
CREATE TRIGGER review_correction_is_append_only BEFORE UPDATE OR DELETE ON reviews_reviewcorrection
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_change();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER review_correction_is_append_only ON reviews_reviewcorrection;
DROP TRIGGER review_correction_changes_the_text ON reviews_reviewcorrection;
DROP TRIGGER published_review_never_changes ON reviews_review;
DROP TRIGGER reaffirmation_is_append_only ON reviews_reaffirmation;
DROP FUNCTION reviews_correct_text();
DROP FUNCTION reviews_refuse_reaffirmation_change();
DROP FUNCTION reviews_refuse_change();
"""

# Every tool has a panel verdict from the start.
PANEL_VERDICTS = """
CREATE FUNCTION reviews_make_panel_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_panelverdict (tool_id, verdict, ships, skips)
        SELECT id, 'none', 0, 0 FROM made ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER tool_gets_a_panel_verdict AFTER INSERT ON tools_tool
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION reviews_make_panel_verdict();
"""
NO_PANEL_VERDICTS = """
DROP TRIGGER tool_gets_a_panel_verdict ON tools_tool;
DROP FUNCTION reviews_make_panel_verdict();
"""

# Reviews, reaffirmations and the panel's figures increase the version of their tool, reviewers that of the
# catalogue.
VERSIONS = """
CREATE FUNCTION reviews_touch_reaffirmed_tools() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE tools bigint[] := ARRAY(
    SELECT review.tool_id FROM made JOIN reviews_review AS review ON review.id = made.review_id
);
BEGIN
    PERFORM 1 FROM tools_tool WHERE id = ANY (tools) ORDER BY id FOR NO KEY UPDATE;
    UPDATE tools_tool SET version = version WHERE id = ANY (tools);
    RETURN NULL;
END $$;

CREATE TRIGGER review_insert_touches_tool AFTER INSERT ON reviews_review
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER review_update_touches_tool AFTER UPDATE ON reviews_review
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER panel_verdict_update_touches_tool AFTER UPDATE ON reviews_panelverdict
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();

CREATE TRIGGER reviewer_touches_catalog AFTER INSERT OR UPDATE OR DELETE ON reviews_reviewer
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
CREATE TRIGGER reaffirmation_touches_tool AFTER INSERT ON reviews_reaffirmation
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_touch_reaffirmed_tools();
CREATE TRIGGER undone_reaffirmation_touches_tool AFTER DELETE ON reviews_reaffirmation
    REFERENCING OLD TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_touch_reaffirmed_tools();
"""
NO_VERSIONS = """
DROP TRIGGER review_insert_touches_tool ON reviews_review;
DROP TRIGGER review_update_touches_tool ON reviews_review;
DROP TRIGGER panel_verdict_update_touches_tool ON reviews_panelverdict;
DROP TRIGGER reviewer_touches_catalog ON reviews_reviewer;
DROP TRIGGER undone_reaffirmation_touches_tool ON reviews_reaffirmation;
DROP TRIGGER reaffirmation_touches_tool ON reviews_reaffirmation;
DROP FUNCTION reviews_touch_reaffirmed_tools();
"""

# Old slugs of a reviewer redirect for ever, like those of a tool.
OLD_SLUGS = """
CREATE TRIGGER reviewer_slug_is_no_old_one BEFORE INSERT OR UPDATE OF slug ON reviews_reviewer
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_old_slug('reviews_oldreviewerslug', 'reviewer_id');
CREATE TRIGGER reviewer_old_slug_is_kept AFTER UPDATE OF slug ON reviews_reviewer
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug)
    EXECUTE FUNCTION tools_keep_old_slug('reviews_oldreviewerslug', 'reviewer_id');
"""
NO_OLD_SLUGS = """
DROP TRIGGER reviewer_slug_is_no_old_one ON reviews_reviewer;
DROP TRIGGER reviewer_old_slug_is_kept ON reviews_reviewer;
"""

# The change log belongs to a lower app, which does not know reviews, so its foreign key to them is here.
LEDGER_REVIEWS = """
ALTER TABLE tools_ledgerentry ADD CONSTRAINT ledger_entry_names_a_review
    FOREIGN KEY (review_id) REFERENCES reviews_review (id) DEFERRABLE INITIALLY DEFERRED
"""
NO_LEDGER_REVIEWS = "ALTER TABLE tools_ledgerentry DROP CONSTRAINT ledger_entry_names_a_review"

# Django gives a primary key of texts a second index, for LIKE. Nothing searches for a part of a name.
NO_LIKE_INDEX = "DROP INDEX reviews_figureset_name_8705b6c6_like"
LIKE_INDEX = "CREATE INDEX reviews_figureset_name_8705b6c6_like ON reviews_figureset (name varchar_pattern_ops)"


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_tables"), ("tools", "0002_rules")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunSQL(PANEL_VERDICTS, NO_PANEL_VERDICTS),
        migrations.RunSQL(VERSIONS, NO_VERSIONS),
        migrations.RunSQL(OLD_SLUGS, NO_OLD_SLUGS),
        migrations.RunSQL(LEDGER_REVIEWS, NO_LEDGER_REVIEWS),
        migrations.RunSQL(NO_LIKE_INDEX, LIKE_INDEX),
        *OPERATIONS,
    ]
