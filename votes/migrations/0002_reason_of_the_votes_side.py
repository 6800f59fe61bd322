from django.db import migrations

# A foreign key over both columns: no reason of the other side.
FORWARD = """
ALTER TABLE votes_vote ADD CONSTRAINT vote_reason_is_of_its_side
    FOREIGN KEY (reason_id, choice) REFERENCES votes_reason (id, side)
"""
BACKWARD = "ALTER TABLE votes_vote DROP CONSTRAINT vote_reason_is_of_its_side"


class Migration(migrations.Migration):
    dependencies = [("votes", "0001_votes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
