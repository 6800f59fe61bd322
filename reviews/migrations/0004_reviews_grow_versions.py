from django.db import migrations

# The panel's side of tools/0005: reviews and their figures belong to a tool, reviewers to the catalogue.
FORWARD = """
CREATE TRIGGER review_insert_touches_tool AFTER INSERT ON reviews_review
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER review_update_touches_tool AFTER UPDATE ON reviews_review
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER panel_verdict_update_touches_tool AFTER UPDATE ON reviews_panelverdict
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();

CREATE TRIGGER reviewer_touches_catalog AFTER INSERT OR UPDATE OR DELETE ON reviews_reviewer
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
CREATE TRIGGER reaffirmation_touches_catalog AFTER INSERT ON reviews_reaffirmation
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();

CREATE TRIGGER reviewer_slug_is_no_old_one BEFORE INSERT OR UPDATE OF slug ON reviews_reviewer
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_old_slug('reviews_oldreviewerslug', 'reviewer_id');
CREATE TRIGGER reviewer_old_slug_is_kept AFTER UPDATE OF slug ON reviews_reviewer
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug)
    EXECUTE FUNCTION tools_keep_old_slug('reviews_oldreviewerslug', 'reviewer_id');
"""
BACKWARD = """
DROP TRIGGER review_insert_touches_tool ON reviews_review;
DROP TRIGGER review_update_touches_tool ON reviews_review;
DROP TRIGGER panel_verdict_update_touches_tool ON reviews_panelverdict;
DROP TRIGGER reviewer_touches_catalog ON reviews_reviewer;
DROP TRIGGER reaffirmation_touches_catalog ON reviews_reaffirmation;
DROP TRIGGER reviewer_slug_is_no_old_one ON reviews_reviewer;
DROP TRIGGER reviewer_old_slug_is_kept ON reviews_reviewer;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_every_tool_has_a_panel_verdict")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
