from django.db import migrations

FORWARD = """
CREATE FUNCTION reviews_make_panel_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_panelverdict (tool_id, verdict, ships, skips)
        SELECT id, 'none', 0, 0 FROM made ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER tool_gets_a_panel_verdict AFTER INSERT ON tools_tool
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION reviews_make_panel_verdict();

INSERT INTO reviews_panelverdict (tool_id, verdict, ships, skips)
    SELECT id, 'none', 0, 0 FROM tools_tool ON CONFLICT DO NOTHING;
"""
BACKWARD = """
DROP TRIGGER tool_gets_a_panel_verdict ON tools_tool;
DROP FUNCTION reviews_make_panel_verdict();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_published_reviews_never_change")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
