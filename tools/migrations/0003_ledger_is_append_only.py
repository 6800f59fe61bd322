from django.db import migrations

FORWARD = """
CREATE FUNCTION tools_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A row of % is never changed or deleted: write a new one.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON tools_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_change();
"""
BACKWARD = """
DROP TRIGGER ledger_is_append_only ON tools_ledgerentry;
DROP FUNCTION tools_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("tools", "0002_fact_has_the_type_of_its_kind")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
