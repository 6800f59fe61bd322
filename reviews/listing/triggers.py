"""The SQL that derives the rows of lists and searches, and their counts: a part of reviews/migrations/0002_rules.py."""

from django.db.migrations import RunSQL

from tools.models.fact import FILTER_VALUE_LENGTH

# A name that is nearly right shares a spelling with the right one: each word, the words run together, all of
# them with one letter left out (so that one wrong, missing, additional or swapped letter still matches; the
# deletion neighbourhood of SymSpell), and the first 4 and 6 letters. Bounded, because a request passes text.
SPELLINGS = """
CREATE FUNCTION reviews_spellings(name text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    WITH part AS (
        SELECT left(word, 20) AS word
        FROM regexp_split_to_table(left(lower(name), 200), '[^[:alnum:]]+') AS word
        WHERE word <> '' LIMIT 12
    ), word AS (
        SELECT word FROM part
        UNION SELECT left(regexp_replace(left(lower(name), 200), '[^[:alnum:]]+', '', 'g'), 20)
    )
    SELECT coalesce(array_agg(DISTINCT spelling), '{}') FROM word CROSS JOIN LATERAL (
        SELECT word AS spelling
        UNION SELECT left(word, place - 1) || substr(word, place + 1)
            FROM generate_series(1, length(word)) AS place WHERE length(word) >= 4
        UNION SELECT left(word, letters) || '*'
            FROM unnest(ARRAY[4, 6]) AS letters WHERE length(word) > letters
    ) AS spellings WHERE spelling <> ''
$$
"""
NO_SPELLINGS = "DROP FUNCTION reviews_spellings(text)"

LISTINGS = """
CREATE FUNCTION reviews_fact_value(kind bigint, "text" text, "boolean" boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 'value:' || kind || ':' || CASE WHEN "boolean" THEN 'yes' WHEN NOT "boolean" THEN 'no' ELSE "text" END
    WHERE "boolean" IS NOT NULL OR length("text") BETWEEN 1 AND {longest}
$$;

CREATE VIEW reviews_listing_source AS
SELECT tool.id AS tool_id, tool.category_id, tool.entry, panel.verdict, tool.status, tool.name,
    left(folded.name, 200) AS folded, tool.published_at,
    panel.ranking_score, panel.last_reviewed_on, panel.spread,
    setweight(to_tsvector('english', folded.name_and_slug), 'A')
        || setweight(to_tsvector('english', tools_folded(tool.tagline || ' ' || tool.best_for)), 'B')
        || setweight(to_tsvector('english', tools_folded(concat_ws(' ', tool.entry, facts.words))), 'C')
        || setweight(to_tsvector('english', tools_folded(tool.description)), 'D')
        || known.lexemes || array_to_tsvector(facts.fact_values) AS texts,
    to_tsvector('simple', folded.name_and_slug || ' ' || replace(left(folded.name, 200), ' ', ''))
        || array_to_tsvector(facets.lexemes || facts.fact_values) AS names,
    reviews_spellings(tool.name) || reviews_spellings(tool.slug) AS spellings,
    facts.fact_values
FROM tools_tool AS tool
JOIN reviews_panelverdict AS panel ON panel.tool_id = tool.id
CROSS JOIN LATERAL (
    SELECT ARRAY[
        'category:' || tool.category_id, 'entry:' || tool.entry, 'verdict:' || panel.verdict,
        'status:' || tool.status
    ] AS lexemes
) AS facets
CROSS JOIN LATERAL (
    SELECT tools_folded(tool.name) AS name, tools_folded(tool.name || ' ' || tool.slug) AS name_and_slug
) AS folded
CROSS JOIN LATERAL (
    SELECT string_agg(text, ' ' ORDER BY kind_id) AS words,
        array_agg('fact:' || kind_id) FILTER (WHERE boolean) AS true_ones,
        coalesce(array_agg(value ORDER BY kind_id) FILTER (WHERE value IS NOT NULL), '{}') AS fact_values
    FROM tools_fact CROSS JOIN LATERAL reviews_fact_value(kind_id, text, boolean) AS value
    WHERE tool_id = tool.id
) AS facts
-- Only a lexeme with a position has a weight.
CROSS JOIN LATERAL (
    SELECT string_agg(quote_literal(lexeme) || ':1C', ' ')::tsvector AS lexemes
    FROM unnest(facets.lexemes || facts.true_ones) AS lexeme
) AS known
WHERE tool.published_at IS NOT NULL;

CREATE FUNCTION reviews_store_listings(tools bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF tools IS NULL THEN
        RETURN;
    END IF;
    DELETE FROM reviews_listing WHERE tool_id = ANY (tools)
        AND NOT EXISTS (SELECT FROM tools_tool AS tool
                        WHERE tool.id = tool_id AND tool.published_at IS NOT NULL);
    INSERT INTO reviews_listing AS stored ({columns})
        SELECT {columns} FROM reviews_listing_source WHERE tool_id = ANY (tools) ORDER BY tool_id
    ON CONFLICT (tool_id) DO UPDATE SET ({columns}) = ({excluded})
        WHERE ({stored}) IS DISTINCT FROM ({excluded});
END $$;

CREATE FUNCTION reviews_list_changed_tools() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reviews_store_listings((
        SELECT array_agg(after.id) FROM after JOIN before USING (id)
        WHERE (after.category_id, after.entry, after.status, after.name, after.slug, after.published_at,
               after.tagline, after.best_for, after.description)
            IS DISTINCT FROM
              (before.category_id, before.entry, before.status, before.name, before.slug, before.published_at,
               before.tagline, before.best_for, before.description)
            AND (after.published_at IS NOT NULL OR before.published_at IS NOT NULL)
    ));
    RETURN NULL;
END $$;

CREATE FUNCTION reviews_list_tools_of_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reviews_store_listings((SELECT array_agg(DISTINCT tool_id) FROM changed));
    RETURN NULL;
END $$;

CREATE FUNCTION reviews_list_tools_of_changed_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reviews_store_listings(ARRAY(
        SELECT tool_id FROM before UNION SELECT tool_id FROM after
    ));
    RETURN NULL;
END $$;

CREATE TRIGGER tool_update_reaches_listing AFTER UPDATE ON tools_tool
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_list_changed_tools();
CREATE TRIGGER panel_verdict_insert_reaches_listing AFTER INSERT ON reviews_panelverdict
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION reviews_list_tools_of_rows();
CREATE TRIGGER panel_verdict_update_reaches_listing AFTER UPDATE ON reviews_panelverdict
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION reviews_list_tools_of_rows();
CREATE TRIGGER fact_insert_reaches_listing AFTER INSERT ON tools_fact
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION reviews_list_tools_of_rows();
CREATE TRIGGER fact_update_reaches_listing AFTER UPDATE ON tools_fact
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_list_tools_of_changed_facts();
CREATE TRIGGER fact_delete_reaches_listing AFTER DELETE ON tools_fact
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION reviews_list_tools_of_rows();
"""
NO_LISTINGS = """
DROP TRIGGER tool_update_reaches_listing ON tools_tool;
DROP TRIGGER panel_verdict_insert_reaches_listing ON reviews_panelverdict;
DROP TRIGGER panel_verdict_update_reaches_listing ON reviews_panelverdict;
DROP TRIGGER fact_insert_reaches_listing ON tools_fact;
DROP TRIGGER fact_update_reaches_listing ON tools_fact;
DROP TRIGGER fact_delete_reaches_listing ON tools_fact;
DROP FUNCTION reviews_list_changed_tools();
DROP FUNCTION reviews_list_tools_of_rows();
DROP FUNCTION reviews_list_tools_of_changed_facts();
DROP FUNCTION reviews_store_listings(bigint[]);
DROP VIEW reviews_listing_source;
DROP FUNCTION reviews_fact_value(bigint, text, boolean);
"""
COLUMNS = [
    "tool_id", "category_id", "entry", "verdict", "status", "name", "folded", "published_at", "ranking_score",
    "last_reviewed_on", "spread", "texts", "names", "spellings", "fact_values",
]  # fmt: skip

# The counts of a statement are summed up before they are added. Only scheduled tools keep their time.
COUNTS = """
CREATE FUNCTION reviews_since(published_at timestamptz) RETURNS timestamptz
LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN published_at <= clock_timestamp() THEN 'epoch' ELSE published_at END
$$;
"""
NO_COUNTS = "DROP FUNCTION reviews_since(timestamptz)"

# A writer of listings either has added its counts before the lock, or sees afterwards what the kind is.
COUNTED_VALUES = """
CREATE FUNCTION reviews_counted_values(fact_values text[]) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT '' UNION ALL
    SELECT value FROM unnest(fact_values) AS value
        JOIN tools_factkind AS kind ON kind.id = split_part(value, ':', 2)::bigint WHERE kind.is_filter
$$;

CREATE FUNCTION reviews_count_filter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE reviews_listing IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO reviews_listingcount (since, value, category_id, entry, verdict, status, tools)
        SELECT reviews_since(published_at), value, scope.category_id, entry, verdict, status,
            count(*) * CASE WHEN NEW.is_filter THEN 1 ELSE -1 END
        FROM reviews_listing CROSS JOIN LATERAL unnest(fact_values) AS value
        CROSS JOIN LATERAL (VALUES (category_id), (0)) AS scope (category_id)
        WHERE starts_with(value, 'value:' || NEW.id || ':') GROUP BY 1, 2, 3, 4, 5, 6;
    RETURN NULL;
END $$;

CREATE TRIGGER fact_kind_filter_is_counted AFTER UPDATE OF is_filter ON tools_factkind
    FOR EACH ROW WHEN (OLD.is_filter <> NEW.is_filter) EXECUTE FUNCTION reviews_count_filter();
"""
NO_COUNTED_VALUES = """
DROP TRIGGER fact_kind_filter_is_counted ON tools_factkind;
DROP FUNCTION reviews_count_filter();
DROP FUNCTION reviews_counted_values(text[]);
"""

# CHANGED selects the rows before the statement (-1) and after it (+1).
CHANGED = {
    "insert": "SELECT after.*, 1 AS sign FROM after",
    "update": "SELECT after.*, 1 AS sign FROM after UNION ALL SELECT before.*, -1 FROM before",
    "delete": "SELECT before.*, -1 AS sign FROM before",
}
TABLES = {
    "insert": "NEW TABLE AS after",
    "update": "OLD TABLE AS before NEW TABLE AS after",
    "delete": "OLD TABLE AS before",
}

COUNT_LISTINGS = """
CREATE FUNCTION reviews_count_listing_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved bigint[] := (
        SELECT array_agg(tool_id) FROM (
            SELECT tool_id FROM ({changed}) AS changed GROUP BY tool_id, category_id, published_at
            HAVING sum(sign) <> 0
        ) AS moved
    );
BEGIN
    INSERT INTO reviews_listingcount (since, value, category_id, entry, verdict, status, tools)
        SELECT reviews_since(published_at), value, scope.category_id, entry, verdict, status, sum(sign)
        FROM ({changed}) AS changed CROSS JOIN LATERAL reviews_counted_values(fact_values) AS value
        CROSS JOIN LATERAL (VALUES (category_id), (0)) AS scope (category_id)
        GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(sign) <> 0;
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO reviews_reviewcount (since, reviewer_id, reviews, ships, points)
        SELECT reviews_since(changed.published_at), review.reviewer_id, sum(sign),
            coalesce(sum(sign) FILTER (WHERE review.verdict = 'ship'), 0), sum(sign * review.score)
        FROM ({changed}) AS changed
        JOIN reviews_review AS review ON review.tool_id = changed.tool_id AND review.is_current
        WHERE changed.tool_id = ANY (moved) GROUP BY 1, 2 HAVING sum(sign) <> 0;
    INSERT INTO reviews_factcount (since, category_id, kind_id, tools)
        SELECT reviews_since(changed.published_at), changed.category_id, fact.kind_id, sum(sign)
        FROM ({changed}) AS changed JOIN tools_fact AS fact ON fact.tool_id = changed.tool_id
        WHERE changed.tool_id = ANY (moved) GROUP BY 1, 2, 3 HAVING sum(sign) <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER listing_{event}_is_counted AFTER {event} ON reviews_listing
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION reviews_count_listing_{event}();
"""
# The row of the tool is locked first: a transaction that publishes the tool at the same moment waits, or is seen.
COUNT_PARTS = """
CREATE FUNCTION reviews_count_{part}_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM tools_tool WHERE id IN (SELECT tool_id FROM ({changed}) AS changed)
        ORDER BY id FOR NO KEY UPDATE;
    {insert}
    RETURN NULL;
END $$;

CREATE TRIGGER {part}_{event}_is_counted AFTER {event} ON {table}
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION reviews_count_{part}_{event}();
"""
PARTS = {
    "review": (
        "reviews_review",
        """
    INSERT INTO reviews_reviewcount (since, reviewer_id, reviews, ships, points)
        SELECT reviews_since(listing.published_at), reviewer_id, sum(sign),
            coalesce(sum(sign) FILTER (WHERE changed.verdict = 'ship'), 0), sum(sign * score)
        FROM ({changed}) AS changed JOIN reviews_listing AS listing USING (tool_id)
        WHERE changed.is_current GROUP BY 1, 2
        HAVING (sum(sign), sum(sign * score)) <> (0, 0)
            OR sum(sign) FILTER (WHERE changed.verdict = 'ship') <> 0;
    """,
    ),
    "fact": (
        "tools_fact",
        """
    INSERT INTO reviews_factcount (since, category_id, kind_id, tools)
        SELECT reviews_since(listing.published_at), listing.category_id, kind_id, sum(sign)
        FROM ({changed}) AS changed JOIN reviews_listing AS listing USING (tool_id)
        GROUP BY 1, 2, 3 HAVING sum(sign) <> 0;
    """,
    ),
}


def list_tools() -> str:
    return (
        LISTINGS.replace("{columns}", ", ".join(COLUMNS))
        .replace("{excluded}", ", ".join(f"excluded.{column}" for column in COLUMNS))
        .replace("{longest}", str(FILTER_VALUE_LENGTH))
        .replace("{stored}", ", ".join(f"stored.{column}" for column in COLUMNS))
    )


def count_listings(event: str) -> str:
    return COUNT_LISTINGS.format(event=event, changed=CHANGED[event], tables=TABLES[event])


def count_parts(part: str, event: str) -> str:
    table, insert = PARTS[part]
    changed = CHANGED[event]
    return COUNT_PARTS.format(
        part=part,
        event=event,
        table=table,
        tables=TABLES[event],
        changed=changed,
        insert=insert.format(changed=changed),
    )


def no_counts(name: str, table: str, event: str) -> str:
    return (
        f"DROP TRIGGER {name}_{event}_is_counted ON {table};"
        f"DROP FUNCTION reviews_count_{name}_{event}();"
    )


OPERATIONS = [
    RunSQL(SPELLINGS, NO_SPELLINGS),
    RunSQL(list_tools(), NO_LISTINGS),
    RunSQL(COUNTS, NO_COUNTS),
    RunSQL(COUNTED_VALUES, NO_COUNTED_VALUES),
    *(
        RunSQL(count_listings(event), no_counts("listing", "reviews_listing", event))
        for event in CHANGED
    ),
    *(
        RunSQL(count_parts(part, event), no_counts(part, PARTS[part][0], event))
        for part in PARTS
        for event in CHANGED
        if (part, event) != ("review", "delete")  # only drafts can be deleted
    ),
]
