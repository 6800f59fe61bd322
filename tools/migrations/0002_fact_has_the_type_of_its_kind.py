from django.db import migrations

# A foreign key over both columns: a fact cannot say another type than its kind, and a kind that has
# facts cannot change its type.
FORWARD = """
ALTER TABLE tools_fact ADD CONSTRAINT fact_has_the_type_of_its_kind
    FOREIGN KEY (kind_id, value_type) REFERENCES tools_factkind (id, value_type)
    DEFERRABLE INITIALLY DEFERRED
"""
BACKWARD = "ALTER TABLE tools_fact DROP CONSTRAINT fact_has_the_type_of_its_kind"


class Migration(migrations.Migration):
    dependencies = [("tools", "0001_catalog")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
