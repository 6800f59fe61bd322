from django.db import migrations

# Nobody has read an entry of a later date: the line that announces a scheduled tool goes when the
# schedule does. Everything else stays for good.
FORWARD = """
CREATE FUNCTION tools_refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at > clock_timestamp() THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'A row of % is never changed or deleted: write a new one.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

DROP TRIGGER ledger_is_append_only ON tools_ledgerentry;
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON tools_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_ledger_change();
"""
BACKWARD = """
DROP TRIGGER ledger_is_append_only ON tools_ledgerentry;
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON tools_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_change();
DROP FUNCTION tools_refuse_ledger_change();
"""


class Migration(migrations.Migration):
    dependencies = [("tools", "0006_status_date_may_be_unknown")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
