from django.db import migrations

# Arguments of both triggers: the table of old slugs, and its column that names the owner.
FORWARD = """
CREATE FUNCTION tools_keep_old_slug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DELETE FROM %I WHERE slug = $1', TG_ARGV[0]) USING NEW.slug;
    EXECUTE format('INSERT INTO %I (slug, %I) VALUES ($1, $2)', TG_ARGV[0], TG_ARGV[1])
        USING OLD.slug, NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION tools_refuse_old_slug() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE taken boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE slug = $1 AND %I <> $2)', TG_ARGV[0], TG_ARGV[1])
        INTO taken USING NEW.slug, NEW.id;
    IF taken THEN
        RAISE EXCEPTION '"%" is an old address of something else.', NEW.slug
            USING ERRCODE = 'unique_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER tool_slug_is_no_old_one BEFORE INSERT OR UPDATE OF slug ON tools_tool
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_old_slug('tools_oldtoolslug', 'tool_id');
CREATE TRIGGER tool_old_slug_is_kept AFTER UPDATE OF slug ON tools_tool
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug)
    EXECUTE FUNCTION tools_keep_old_slug('tools_oldtoolslug', 'tool_id');

CREATE TRIGGER category_slug_is_no_old_one BEFORE INSERT OR UPDATE OF slug ON tools_category
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_old_slug('tools_oldcategoryslug', 'category_id');
CREATE TRIGGER category_old_slug_is_kept AFTER UPDATE OF slug ON tools_category
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug)
    EXECUTE FUNCTION tools_keep_old_slug('tools_oldcategoryslug', 'category_id');
"""
BACKWARD = """
DROP TRIGGER tool_slug_is_no_old_one ON tools_tool;
DROP TRIGGER tool_old_slug_is_kept ON tools_tool;
DROP TRIGGER category_slug_is_no_old_one ON tools_category;
DROP TRIGGER category_old_slug_is_kept ON tools_category;
DROP FUNCTION tools_refuse_old_slug();
DROP FUNCTION tools_keep_old_slug();
"""


class Migration(migrations.Migration):
    dependencies = [("tools", "0003_ledger_is_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
