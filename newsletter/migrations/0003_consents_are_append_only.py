import django.db.models.deletion
from django.db import migrations, models

# Deleted with the subscriber, by the constraint: then their row is gone before this is asked.
FORWARD = """
ALTER TABLE newsletter_consent ADD CONSTRAINT newsletter_consent_of_subscriber
    FOREIGN KEY (subscriber_id) REFERENCES newsletter_subscriber (id) ON DELETE CASCADE;

CREATE FUNCTION newsletter_keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        AND NOT EXISTS (SELECT 1 FROM newsletter_subscriber WHERE id = OLD.subscriber_id)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'A consent is never changed, and goes only with its subscriber.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER consent_is_append_only BEFORE UPDATE OR DELETE ON newsletter_consent
    FOR EACH ROW EXECUTE FUNCTION newsletter_keep_consent();
"""
BACKWARD = """
DROP TRIGGER consent_is_append_only ON newsletter_consent;
DROP FUNCTION newsletter_keep_consent();
ALTER TABLE newsletter_consent DROP CONSTRAINT newsletter_consent_of_subscriber;
"""


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0002_mail_requests")]

    operations = [
        migrations.AlterField(
            model_name="consent",
            name="subscriber",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="consents",
                to="newsletter.subscriber",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
