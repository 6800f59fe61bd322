"""Rules of the catalogue that models cannot express. Functions named tools_* are also used by the apps above."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models
from django.db.models.functions import Concat
from django.db.models.lookups import Exact, Regex

from tools.models.search_synonym import Folded

# The words of a text in one form for what is searched and what is typed, with one space between them: lower case,
# without accents and other marks (Arabic vowels, viramas, tones of Thai) and without characters that only direct the
# writing, each character of Chinese, Japanese and Korean a word of its own,
# because they are written without spaces. Of core functions only: `unaccent` is an extension.
FOLDED = r"""
CREATE FUNCTION tools_folded(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT btrim(regexp_replace(
        CASE WHEN octet_length(words) = length(words) THEN lower(words)
        ELSE regexp_replace(
            translate(replace(replace(replace(
                lower(normalize(
                    regexp_replace(
                        normalize(words, NFKD),
                        '[\u00ad\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u093c\u094d\u09bc\u09cd\u0a3c\u0a4d\u0abc\u0acd'
                        '\u0b3c\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0e47-\u0e4e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]',
                        '', 'g'
                    ), NFC
                )), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'łøđħıŧ', 'lodhit'
            ),
            '([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff])', ' \1 ', 'g'
        ) END,
        '[^[:alnum:]]+', ' ', 'g'
    ))
$$
"""
NO_FOLDED = "DROP FUNCTION tools_folded(text)"

# A foreign key over both columns: a fact has the type of its kind, and a kind that has facts cannot change
# its type.
FACT_TYPES = """
ALTER TABLE tools_fact ADD CONSTRAINT fact_has_the_type_of_its_kind
    FOREIGN KEY (kind_id, value_type) REFERENCES tools_factkind (id, value_type)
    DEFERRABLE INITIALLY DEFERRED
"""
NO_FACT_TYPES = "ALTER TABLE tools_fact DROP CONSTRAINT fact_has_the_type_of_its_kind"

# Rows that cannot be changed. A ledger entry with a date in the future can be deleted, because nobody has
# read it: cancelling the schedule of a tool deletes it.
APPEND_ONLY = """
CREATE FUNCTION tools_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % cannot be changed or deleted. Add a new row instead.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE FUNCTION tools_refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at > clock_timestamp() THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Rows of % cannot be changed or deleted. Add a new row instead.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

-- The state of a publication names fact kinds in its JSON, where no foreign key keeps them.
CREATE FUNCTION tools_keep_logged_fact_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM tools_ledgerentry AS entry
               WHERE entry.kind IN ('added', 'restored') AND entry.new->'facts' ? OLD.id::text) THEN
        RAISE EXCEPTION 'The change log names the fact kind "%".', OLD.slug
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER fact_kind_in_the_change_log_stays BEFORE DELETE ON tools_factkind
    FOR EACH ROW EXECUTE FUNCTION tools_keep_logged_fact_kind();
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON tools_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_ledger_change();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER ledger_is_append_only ON tools_ledgerentry;
DROP TRIGGER fact_kind_in_the_change_log_stays ON tools_factkind;
DROP FUNCTION tools_keep_logged_fact_kind();
DROP FUNCTION tools_refuse_ledger_change();
DROP FUNCTION tools_refuse_change();
"""

# The feed of a category is read by an index on the change log alone: a join with the tools would read all of it.
LEDGER_CATEGORIES = """
CREATE FUNCTION tools_set_ledger_category() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.category_id := (SELECT category_id FROM tools_tool WHERE id = NEW.tool_id);
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_gets_a_category BEFORE INSERT ON tools_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION tools_set_ledger_category();
"""
NO_LEDGER_CATEGORIES = """
DROP TRIGGER ledger_gets_a_category ON tools_ledgerentry;
DROP FUNCTION tools_set_ledger_category();
"""

# An old slug redirects to its owner for ever, and no other row can take it. Arguments of both functions: the
# table of old slugs, and its column that refers to the owner.
OLD_SLUGS = """
CREATE FUNCTION tools_keep_old_slug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DELETE FROM %I WHERE slug = $1', TG_ARGV[0]) USING NEW.slug;
    EXECUTE format('INSERT INTO %I (slug, %I) VALUES ($1, $2)', TG_ARGV[0], TG_ARGV[1])
        USING OLD.slug, NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION tools_refuse_old_slug() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE taken boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE slug = $1 AND %I <> $2)', TG_ARGV[0], TG_ARGV[1])
        INTO taken USING NEW.slug, NEW.id;
    IF taken THEN
        RAISE EXCEPTION '"%" still redirects to something else.', NEW.slug
            USING ERRCODE = 'unique_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER tool_slug_is_no_old_one BEFORE INSERT OR UPDATE OF slug ON tools_tool
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_old_slug('tools_oldtoolslug', 'tool_id');
CREATE TRIGGER tool_old_slug_is_kept AFTER UPDATE OF slug ON tools_tool
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug)
    EXECUTE FUNCTION tools_keep_old_slug('tools_oldtoolslug', 'tool_id');

CREATE TRIGGER category_slug_is_no_old_one BEFORE INSERT OR UPDATE OF slug ON tools_category
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_old_slug('tools_oldcategoryslug', 'category_id');
CREATE TRIGGER category_old_slug_is_kept AFTER UPDATE OF slug ON tools_category
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug)
    EXECUTE FUNCTION tools_keep_old_slug('tools_oldcategoryslug', 'category_id');
"""
NO_OLD_SLUGS = """
DROP TRIGGER tool_slug_is_no_old_one ON tools_tool;
DROP TRIGGER tool_old_slug_is_kept ON tools_tool;
DROP TRIGGER category_slug_is_no_old_one ON tools_category;
DROP TRIGGER category_old_slug_is_kept ON tools_category;
DROP FUNCTION tools_refuse_old_slug();
DROP FUNCTION tools_keep_old_slug();
"""

# No tool leads back to itself by its successors, and the chain of them has an end (tools/successors.py has the
# number). It is checked at the end of the transaction: an import writes tools before their successors. Two
# transactions that would close a circle together wait for each other here.
SUCCESSORS = """
CREATE FUNCTION tools_refuse_endless_successors() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    following bigint := NEW.id;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('tools_tool.successor_id'));
    FOR step IN 0..20 LOOP
        SELECT successor_id INTO following FROM tools_tool WHERE id = following;
        IF following IS NULL THEN
            RETURN NULL;
        END IF;
        EXIT WHEN following = NEW.id;
    END LOOP;
    RAISE EXCEPTION 'The successors of the tool "%" do not end.', NEW.slug
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE CONSTRAINT TRIGGER tool_successors_end AFTER INSERT OR UPDATE OF successor_id ON tools_tool
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.successor_id IS NOT NULL)
    EXECUTE FUNCTION tools_refuse_endless_successors();
"""
NO_SUCCESSORS = """
DROP TRIGGER tool_successors_end ON tools_tool;
DROP FUNCTION tools_refuse_endless_successors();
"""

# Pages are stored under the versions of what they show. The version of a tool grows with its row and the
# rows that belong to it, that of a category with the rows of its tools, that of the catalogue with what many
# tools share. The rows of a statement are locked in the order of their ids, so that two statements cannot
# deadlock. The versions of the catalogue and of categories are sums over rows of which a transaction takes
# one that no other has locked: it never waits there, and so cannot deadlock, even during a long import.
VERSIONS = """
CREATE FUNCTION tools_grow_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;

CREATE FUNCTION tools_touch_tools() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM tools_tool WHERE id IN (SELECT tool_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
    UPDATE tools_tool SET version = version WHERE id IN (SELECT tool_id FROM changed);
    RETURN NULL;
END $$;

CREATE FUNCTION tools_grow_catalog_version(of_category bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tools_catalogversion SET number = number + 1 WHERE id = (
        SELECT id FROM tools_catalogversion WHERE category_id IS NOT DISTINCT FROM of_category
        ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    );
    IF NOT FOUND THEN
        INSERT INTO tools_catalogversion (category_id, number) VALUES (of_category, 1);
    END IF;
END $$;

CREATE FUNCTION tools_touch_catalog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tools_grow_catalog_version(NULL);
    RETURN NULL;
END $$;

CREATE FUNCTION tools_touch_categories() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE categories bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        categories := ARRAY(SELECT DISTINCT category_id FROM after);
    ELSIF TG_OP = 'DELETE' THEN
        categories := ARRAY(SELECT DISTINCT category_id FROM before);
    ELSE
        categories := ARRAY(SELECT category_id FROM before UNION SELECT category_id FROM after);
    END IF;
    PERFORM tools_grow_catalog_version(category) FROM unnest(categories) AS category;
    RETURN NULL;
END $$;

CREATE TRIGGER tool_version_grows BEFORE UPDATE ON tools_tool
    FOR EACH ROW EXECUTE FUNCTION tools_grow_version();

CREATE TRIGGER tool_insert_touches_category AFTER INSERT ON tools_tool
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_categories();
CREATE TRIGGER tool_update_touches_category AFTER UPDATE ON tools_tool
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_categories();
CREATE TRIGGER tool_delete_touches_category AFTER DELETE ON tools_tool
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_categories();

CREATE TRIGGER fact_insert_touches_tool AFTER INSERT ON tools_fact
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER fact_update_touches_tool AFTER UPDATE ON tools_fact
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER fact_delete_touches_tool AFTER DELETE ON tools_fact
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();
CREATE TRIGGER ledger_insert_touches_tool AFTER INSERT ON tools_ledgerentry
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_tools();

CREATE TRIGGER category_touches_catalog AFTER INSERT OR UPDATE OR DELETE ON tools_category
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
CREATE TRIGGER fact_kind_touches_catalog AFTER INSERT OR UPDATE OR DELETE ON tools_factkind
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
CREATE TRIGGER search_synonym_touches_catalog AFTER INSERT OR UPDATE OR DELETE ON tools_searchsynonym
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
"""
NO_VERSIONS = """
DROP TRIGGER tool_version_grows ON tools_tool;
DROP TRIGGER tool_insert_touches_category ON tools_tool;
DROP TRIGGER tool_update_touches_category ON tools_tool;
DROP TRIGGER tool_delete_touches_category ON tools_tool;
DROP TRIGGER fact_insert_touches_tool ON tools_fact;
DROP TRIGGER fact_update_touches_tool ON tools_fact;
DROP TRIGGER fact_delete_touches_tool ON tools_fact;
DROP TRIGGER ledger_insert_touches_tool ON tools_ledgerentry;
DROP TRIGGER category_touches_catalog ON tools_category;
DROP TRIGGER fact_kind_touches_catalog ON tools_factkind;
DROP TRIGGER search_synonym_touches_catalog ON tools_searchsynonym;
DROP FUNCTION tools_touch_categories();
DROP FUNCTION tools_touch_catalog();
DROP FUNCTION tools_grow_catalog_version(bigint);
DROP FUNCTION tools_touch_tools();
DROP FUNCTION tools_grow_version();
"""

# The package URLs of facts, a row each: one index answers a list of thousands.
PACKAGES = """
CREATE FUNCTION tools_store_packages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM tools_factpackage WHERE fact_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.value_type = 'packages' THEN
        INSERT INTO tools_factpackage (fact_id, url)
            SELECT DISTINCT NEW.id, url FROM unnest(string_to_array(NEW.text, ' ')) AS url WHERE url <> '';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER fact_insert_stores_packages AFTER INSERT ON tools_fact
    FOR EACH ROW WHEN (NEW.value_type = 'packages') EXECUTE FUNCTION tools_store_packages();
CREATE TRIGGER fact_update_stores_packages AFTER UPDATE ON tools_fact
    FOR EACH ROW WHEN (OLD.value_type = 'packages' OR NEW.value_type = 'packages')
    EXECUTE FUNCTION tools_store_packages();
CREATE TRIGGER fact_delete_removes_packages AFTER DELETE ON tools_fact
    FOR EACH ROW WHEN (OLD.value_type = 'packages') EXECUTE FUNCTION tools_store_packages();
"""
NO_PACKAGES = """
DROP TRIGGER fact_insert_stores_packages ON tools_fact;
DROP TRIGGER fact_update_stores_packages ON tools_fact;
DROP TRIGGER fact_delete_removes_packages ON tools_fact;
DROP FUNCTION tools_store_packages();
"""


class Migration(migrations.Migration):
    dependencies = [("tools", "0001_tables")]

    operations = [
        migrations.RunSQL(FOLDED, NO_FOLDED),
        # They need the function.
        migrations.AddIndex(
            "tool",
            GinIndex(
                SearchVector(
                    Folded(
                        Concat("name", models.Value(" "), "slug", output_field=models.TextField())
                    ),
                    config="simple",
                ),
                name="tool_name_words",
            ),
        ),
        migrations.AddIndex(
            "searchsynonym",
            models.Index(
                Folded("stands_for"),
                condition=models.Q(("is_two_way", True)),
                name="search_synonym_two_way",
            ),
        ),
        migrations.AddConstraint(
            "searchsynonym",
            models.UniqueConstraint(
                Folded("term"),
                Folded("stands_for"),
                name="search_synonym_is_there_once",
                violation_error_message="This synonym exists already.",
            ),
        ),
        migrations.AddConstraint(
            "searchsynonym",
            models.CheckConstraint(
                condition=models.Q(Exact(Folded("term"), Folded("stands_for")), _negated=True),
                name="search_synonym_has_two_sides",
                violation_error_message="The two sides are the same words. Case and accents make no difference.",
            ),
        ),
        migrations.AddConstraint(
            "searchsynonym",
            models.CheckConstraint(
                condition=models.Q(
                    Regex(Folded("term"), r"^\S+( \S+){0,5}$"),
                    Regex(Folded("stands_for"), r"^\S+( \S+){0,5}$"),
                ),
                name="search_synonym_has_few_words",
                violation_error_message="Each side has one to 6 words of letters and digits.",
            ),
        ),
        migrations.RunSQL(FACT_TYPES, NO_FACT_TYPES),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunSQL(LEDGER_CATEGORIES, NO_LEDGER_CATEGORIES),
        migrations.RunSQL(OLD_SLUGS, NO_OLD_SLUGS),
        migrations.RunSQL(VERSIONS, NO_VERSIONS),
        migrations.RunSQL(SUCCESSORS, NO_SUCCESSORS),
        migrations.RunSQL(PACKAGES, NO_PACKAGES),
    ]
