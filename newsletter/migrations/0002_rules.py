"""Rules of the newsletter that models cannot express."""

from django.db import migrations

# The foreign key deletes the consents of a deleted subscriber, whose row is gone before the trigger runs.
CONSENTS = """
ALTER TABLE newsletter_consent ADD CONSTRAINT newsletter_consent_of_subscriber
    FOREIGN KEY (subscriber_id) REFERENCES newsletter_subscriber (id) ON DELETE CASCADE;

CREATE FUNCTION newsletter_keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        AND NOT EXISTS (SELECT 1 FROM newsletter_subscriber WHERE id = OLD.subscriber_id)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'A consent cannot be changed, and is deleted only with its subscriber.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER consent_is_append_only BEFORE UPDATE OR DELETE ON newsletter_consent
    FOR EACH ROW EXECUTE FUNCTION newsletter_keep_consent();
"""
NO_CONSENTS = """
DROP TRIGGER consent_is_append_only ON newsletter_consent;
DROP FUNCTION newsletter_keep_consent();
ALTER TABLE newsletter_consent DROP CONSTRAINT newsletter_consent_of_subscriber;
"""

# The content of an issue cannot change once sending has started.
FROZEN_ISSUES = """
CREATE FUNCTION newsletter_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.cadence, NEW.since, NEW.until, NEW.subject, NEW.preheader, NEW.intro, NEW.parts,
        NEW.is_announcement, NEW.edits, NEW.summary, NEW.content, NEW.content_hash, NEW.published_at)
        IS DISTINCT FROM (OLD.number, OLD.cadence, OLD.since, OLD.until, OLD.subject, OLD.preheader,
        OLD.intro, OLD.parts, OLD.is_announcement, OLD.edits, OLD.summary, OLD.content, OLD.content_hash, OLD.published_at)
    THEN
        RAISE EXCEPTION 'The content of an issue cannot change once sending has started.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sent_issue_is_frozen BEFORE UPDATE ON newsletter_issue
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION newsletter_keep_frozen();
"""
NO_FROZEN_ISSUES = """
DROP TRIGGER sent_issue_is_frozen ON newsletter_issue;
DROP FUNCTION newsletter_keep_frozen();
"""

# Django gives a primary key of texts a second index, for LIKE, which no query of these keys uses, and each side of a
# many-to-many table an index, although the key of that table begins with one of them.
NO_UNUSED_INDEXES = """
DROP INDEX newsletter_donotmail_address_hash_c08b219e_like;
DROP INDEX newsletter_providerevent_event_0ea652c9_like;
DROP INDEX newsletter_subscriber_categories_subscriber_id_6ec8c69f;
"""
UNUSED_INDEXES = """
CREATE INDEX newsletter_donotmail_address_hash_c08b219e_like
    ON newsletter_donotmail (address_hash varchar_pattern_ops);
CREATE INDEX newsletter_providerevent_event_0ea652c9_like
    ON newsletter_providerevent (event varchar_pattern_ops);
CREATE INDEX newsletter_subscriber_categories_subscriber_id_6ec8c69f
    ON newsletter_subscriber_categories (subscriber_id);
"""


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0001_tables")]

    operations = [
        migrations.RunSQL(CONSENTS, NO_CONSENTS),
        migrations.RunSQL(FROZEN_ISSUES, NO_FROZEN_ISSUES),
        migrations.RunSQL(NO_UNUSED_INDEXES, UNUSED_INDEXES),
    ]
