from django.db import migrations

# A published review may only give its place as the current one to a newer revision.
FORWARD = """
CREATE FUNCTION reviews_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.is_current AND NOT NEW.is_current
        AND to_jsonb(OLD) - 'is_current' = to_jsonb(NEW) - 'is_current' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A published review is never changed or deleted: publish a revision.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER published_review_never_changes BEFORE UPDATE OR DELETE ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reaffirmation_is_append_only BEFORE UPDATE OR DELETE ON reviews_reaffirmation
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_change();
"""
BACKWARD = """
DROP TRIGGER published_review_never_changes ON reviews_review;
DROP TRIGGER reaffirmation_is_append_only ON reviews_reaffirmation;
DROP FUNCTION reviews_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_panel"), ("tools", "0005_versions_grow")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
