from django.db import migrations

# Pages are kept under the versions of what they show (web/pages.py). A tool's version grows with
# its row and with the rows that belong to it; the catalogue's with what many tools share. The rows of
# a statement are locked in the order of their ids, so that two statements cannot deadlock.
FORWARD = """
CREATE FUNCTION tools_grow_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;

CREATE FUNCTION tools_touch_tools() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM tools_tool WHERE id IN (SELECT tool_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
    UPDATE tools_tool SET version = version WHERE id IN (SELECT tool_id FROM changed);
    RETURN NULL;
END $$;

CREATE FUNCTION tools_touch_catalog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tools_catalogversion (id, number) VALUES (1, 1)
        ON CONFLICT (id) DO UPDATE SET number = tools_catalogversion.number + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER tool_version_grows BEFORE UPDATE ON tools_tool
    FOR EACH ROW EXECUTE FUNCTION tools_grow_version();

CREATE TRIGGER fact_insert_touches_tool AFTER INSERT ON tools_fact
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER fact_update_touches_tool AFTER UPDATE ON tools_fact
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER fact_delete_touches_tool AFTER DELETE ON tools_fact
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER ledger_insert_touches_tool AFTER INSERT ON tools_ledgerentry
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();

CREATE TRIGGER category_touches_catalog AFTER INSERT OR UPDATE OR DELETE ON tools_category
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
CREATE TRIGGER fact_kind_touches_catalog AFTER INSERT OR UPDATE OR DELETE ON tools_factkind
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
"""
BACKWARD = """
DROP TRIGGER tool_version_grows ON tools_tool;
DROP TRIGGER fact_insert_touches_tool ON tools_fact;
DROP TRIGGER fact_update_touches_tool ON tools_fact;
DROP TRIGGER fact_delete_touches_tool ON tools_fact;
DROP TRIGGER ledger_insert_touches_tool ON tools_ledgerentry;
DROP TRIGGER category_touches_catalog ON tools_category;
DROP TRIGGER fact_kind_touches_catalog ON tools_factkind;
DROP FUNCTION tools_touch_catalog();
DROP FUNCTION tools_touch_tools();
DROP FUNCTION tools_grow_version();
"""


class Migration(migrations.Migration):
    dependencies = [("tools", "0004_old_slugs_last")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
