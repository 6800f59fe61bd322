"""Rules of the votes that models cannot express. Functions named tools_* are in tools/migrations/0002_rules.py."""

from django.db import migrations

from votes.migrations._cast_functions import FUNCTIONS

# A foreign key over both columns: a vote cannot have a reason of the other side.
REASON_SIDES = """
ALTER TABLE votes_vote ADD CONSTRAINT vote_reason_is_of_its_side
    FOREIGN KEY (reason_id, choice) REFERENCES votes_reason (id, side)
"""
NO_REASON_SIDES = "ALTER TABLE votes_vote DROP CONSTRAINT vote_reason_is_of_its_side"

# Every statement that writes votes updates the tallies and the public vote log: one function per kind of
# statement. CHANGED selects the rows before the statement (-1) and after it (+1).
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
# The events of the public vote log for each row of the statement, with side, state before, rule and reason (VoteDay).
# A change comes before what happens to the changed vote in the same statement; a withdrawn vote is logged as it was.
# Deleting a vote is not an event: the site never does it.
EVENTS = {
    "insert": """
        SELECT tool_id, 'cast' AS event, choice AS side, '' AS state, '' AS rule, reason_id FROM after
        UNION ALL
        SELECT tool_id, state, choice, 'counted', rule, reason_id FROM after
        WHERE state IN ('held', 'voided')
    """,
    "update": """
        SELECT after.tool_id, happened.*
        FROM after JOIN before USING (id) CROSS JOIN LATERAL (
            SELECT before.state <> 'withdrawn' AND after.state <> 'withdrawn' AS stays,
                CASE before.state WHEN 'withdrawn' THEN 'counted' ELSE before.state END AS state,
                before.reason_id IS DISTINCT FROM after.reason_id AS has_new_reason
        ) AS vote CROSS JOIN LATERAL (
            SELECT event, side, state, rule, reason_id FROM (VALUES
                ('withdrawn', before.choice, before.state, before.rule, before.reason_id,
                    after.state = 'withdrawn' AND before.state <> 'withdrawn'),
                ('cast', after.choice, 'withdrawn', '', after.reason_id,
                    before.state = 'withdrawn' AND after.state <> 'withdrawn'),
                ('changed', after.choice, before.state, '', after.reason_id,
                    vote.stays AND after.choice <> before.choice),
                ('reason_removed', before.choice, before.state, '', before.reason_id,
                    vote.stays AND vote.has_new_reason AND before.reason_id IS NOT NULL),
                ('reason_added', after.choice, before.state, '', after.reason_id,
                    vote.stays AND vote.has_new_reason AND after.reason_id IS NOT NULL
                    AND after.choice = before.choice),
                ('held', after.choice, vote.state, after.rule, after.reason_id,
                    after.state = 'held' AND before.state <> 'held'),
                ('voided', after.choice, vote.state, after.rule, after.reason_id,
                    after.state = 'voided' AND before.state <> 'voided'),
                ('released', after.choice, before.state, before.rule, after.reason_id,
                    after.state = 'counted' AND before.state IN ('held', 'voided'))
            ) AS possible (event, side, state, rule, reason_id, is_so) WHERE is_so
        ) AS happened
    """,
}

# The tallies are locked in the order of their tools before they are changed, and the counted reasons and the
# vote log of each tool are written under that lock, so that two statements cannot deadlock. The rows of the tools
# come first, which the foreign key of a vote locks anyway, because staff who change a tool have locked it before
# its tally. The tools are an array, because Postgres does not know how few rows a statement wrote, and would read
# all tallies to join them. The version grows with every statement that changes more of a vote than its reader:
# pages also print reasons and the votes per day, which can change where no count does. Deleting a reader changes
# votes on many tools and locks no tally, which an import may have locked in another order.
COUNT = """
CREATE FUNCTION votes_count_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    tools bigint[] := (SELECT array_agg(DISTINCT tool_id) FROM ({counted}) AS counted);
BEGIN
    IF tools IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM tools_tool WHERE id = ANY (tools) ORDER BY id FOR KEY SHARE;
    PERFORM 1 FROM votes_tally WHERE tool_id = ANY (tools) ORDER BY tool_id FOR NO KEY UPDATE;
    UPDATE votes_tally AS tally SET
        ships = tally.ships + delta.ships,
        skips = tally.skips + delta.skips,
        held = tally.held + delta.held,
        version = tally.version + 1
    FROM (
        SELECT tool_id,
            coalesce(sum(sign) FILTER (WHERE state = 'counted' AND choice = 'ship'), 0) AS ships,
            coalesce(sum(sign) FILTER (WHERE state = 'counted' AND choice = 'skip'), 0) AS skips,
            coalesce(sum(sign) FILTER (WHERE state = 'held'), 0) AS held
        FROM ({changed}) AS changed GROUP BY tool_id
    ) AS delta
    WHERE tally.tool_id = ANY (tools) AND tally.tool_id = delta.tool_id;
    MERGE INTO votes_reasontally AS stored
    USING (
        SELECT tool_id, reason_id, sum(sign) AS count FROM ({changed}) AS changed
        WHERE state = 'counted' AND reason_id IS NOT NULL
        GROUP BY tool_id, reason_id HAVING sum(sign) <> 0
    ) AS delta
    ON stored.tool_id = ANY (tools)
        AND stored.tool_id = delta.tool_id AND stored.reason_id = delta.reason_id
    WHEN MATCHED THEN UPDATE SET count = stored.count + delta.count
    WHEN NOT MATCHED THEN INSERT (tool_id, reason_id, count)
        VALUES (delta.tool_id, delta.reason_id, delta.count);
    {audit}
    RETURN NULL;
END $$;

CREATE TRIGGER vote_{event}_is_counted AFTER {event} ON votes_vote
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION votes_count_{event}();
"""
AUDIT = """
    INSERT INTO votes_voteday AS day (tool_id, day, event, side, state, rule, reason_id, count)
    SELECT tool_id, today, event, side, state, rule, reason_id, count(*) FROM ({events}) AS events
    GROUP BY tool_id, event, side, state, rule, reason_id
    ORDER BY tool_id, event, side, state, rule, reason_id
    ON CONFLICT (tool_id, day, event, side, state, rule, reason_id)
        DO UPDATE SET count = day.count + excluded.count;
"""


# An UPDATE counts only the votes that it changes in more than the reader.
DIFFERING = """
    SELECT tool_id FROM ({changed}) AS changed
    GROUP BY id, tool_id, choice, state, rule, reason_id, changed_at HAVING sum(sign) <> 0
"""


def count_votes(event: str) -> str:
    changed = CHANGED[event]
    counted = DIFFERING.format(changed=changed) if event == "update" else changed
    audit = AUDIT.format(events=EVENTS[event]) if event in EVENTS else ""
    return COUNT.format(
        event=event, changed=changed, counted=counted, tables=TABLES[event], audit=audit
    )


def count_no_votes(event: str) -> str:
    return (
        f"DROP TRIGGER vote_{event}_is_counted ON votes_vote; DROP FUNCTION votes_count_{event}();"
    )


# Every tool has a tally from the start.
TALLIES = """
CREATE FUNCTION votes_make_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO votes_tally (tool_id, ships, skips, held, version, entry, verdict)
        SELECT id, 0, 0, 0, 0, '', '' FROM made ON CONFLICT DO NOTHING;
    PERFORM votes_copy_listings((SELECT array_agg(id) FROM made));
    RETURN NULL;
END $$;

CREATE TRIGGER tool_gets_a_tally AFTER INSERT ON tools_tool
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION votes_make_tally();
"""
NO_TALLIES = """
DROP TRIGGER tool_gets_a_tally ON tools_tool;
DROP FUNCTION votes_make_tally();
"""

# What the directory filters the community's ranking by. The tallies are locked in the order of their tools.
LISTINGS = """
CREATE FUNCTION votes_copy_listings(tools bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM votes_tally WHERE tool_id = ANY (tools) ORDER BY tool_id FOR NO KEY UPDATE;
    UPDATE votes_tally AS tally SET
        category_id = listing.category_id,
        entry = coalesce(listing.entry, ''),
        verdict = coalesce(listing.verdict, ''),
        published_at = listing.published_at
    FROM unnest(tools) AS changed (tool_id) LEFT JOIN reviews_listing AS listing USING (tool_id)
    WHERE tally.tool_id = ANY (tools) AND tally.tool_id = changed.tool_id
        AND (tally.category_id, tally.entry, tally.verdict, tally.published_at) IS DISTINCT FROM
            (listing.category_id, coalesce(listing.entry, ''), coalesce(listing.verdict, ''),
             listing.published_at);
END $$;
"""
NO_LISTINGS = "DROP FUNCTION votes_copy_listings(bigint[])"
COPY_LISTINGS = """
CREATE FUNCTION votes_copy_listings_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tools bigint[] := (SELECT array_agg(DISTINCT tool_id) FROM ({changed}) AS changed);
BEGIN
    IF tools IS NOT NULL THEN
        PERFORM votes_copy_listings(tools);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER listing_{event}_reaches_tally AFTER {event} ON reviews_listing
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION votes_copy_listings_{event}();
"""


def copy_listings(event: str) -> str:
    return COPY_LISTINGS.format(event=event, changed=CHANGED[event], tables=TABLES[event])


def copy_no_listings(event: str) -> str:
    return (
        f"DROP TRIGGER listing_{event}_reaches_tally ON reviews_listing;"
        f"DROP FUNCTION votes_copy_listings_{event}();"
    )


# Comparisons print the names of reasons.
REASONS = """
CREATE TRIGGER reason_touches_catalog AFTER INSERT OR UPDATE OR DELETE ON votes_reason
    FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
"""
NO_REASONS = "DROP TRIGGER reason_touches_catalog ON votes_reason"

# Actions of staff on votes stay on record.
INTERVENTIONS = """
CREATE TRIGGER intervention_is_append_only BEFORE UPDATE OR DELETE ON votes_intervention
    FOR EACH ROW EXECUTE FUNCTION tools_refuse_change();
"""
NO_INTERVENTIONS = "DROP TRIGGER intervention_is_append_only ON votes_intervention"


class Migration(migrations.Migration):
    dependencies = [
        ("votes", "0001_tables"),
        ("tools", "0002_rules"),
        ("reviews", "0002_rules"),
        ("accounts", "0002_rules"),
    ]

    operations = [
        migrations.RunSQL(REASON_SIDES, NO_REASON_SIDES),
        *(migrations.RunSQL(count_votes(event), count_no_votes(event)) for event in CHANGED),
        migrations.RunSQL(LISTINGS, NO_LISTINGS),
        migrations.RunSQL(TALLIES, NO_TALLIES),
        *(migrations.RunSQL(copy_listings(event), copy_no_listings(event)) for event in CHANGED),
        migrations.RunSQL(REASONS, NO_REASONS),
        migrations.RunSQL(INTERVENTIONS, NO_INTERVENTIONS),
        *(migrations.RunSQL(sql, f"DROP FUNCTION {name}") for name, sql in FUNCTIONS.items()),
    ]
