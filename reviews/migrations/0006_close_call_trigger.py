"""Close calls are on public pages, which depend on the version of the catalogue."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER close_call_touches_catalog AFTER INSERT OR UPDATE OR DELETE ON reviews_closecall
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
"""
BACKWARD = "DROP TRIGGER close_call_touches_catalog ON reviews_closecall;"


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_close_calls_and_ranking")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
