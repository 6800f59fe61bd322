from django.db import migrations

# The change log belongs to a lower app, which does not know reviews; the key that ties them is ours.
FORWARD = """
ALTER TABLE tools_ledgerentry ADD CONSTRAINT ledger_entry_names_a_review
    FOREIGN KEY (review_id) REFERENCES reviews_review (id) DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = "ALTER TABLE tools_ledgerentry DROP CONSTRAINT ledger_entry_names_a_review"


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0003_labels"),
        ("tools", "0004_change_log_is_data"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
