"""A vote as one statement: limits, public rules, vote, tally and answer, in the transaction of its caller."""

# The limits of one more vote or withdrawal of a reader. Returns the seconds after which it may be tried again,
# or NULL if it may be made; and whether it came too fast to count, if `pace` is not NULL. `network_room`,
# `reader_room` and `pace` are {at once, per hour}; each network has its share of the former. Without a reader
# only the networks are limited.
CONSUME = """
CREATE FUNCTION votes_consume(
    reader uuid, networks text[], shares float[],
    network_room float[], reader_room float[], pace float[],
    OUT retry_after integer, OUT is_too_fast boolean
) LANGUAGE plpgsql AS $$
DECLARE
    code text := replace(reader::text, '-', '');
    names text[] := ARRAY(SELECT 'votes:network:' || network FROM unnest(networks) AS network);
    capacities float[] := ARRAY(SELECT share * network_room[1] FROM unnest(shares) AS share);
    rates float[] := ARRAY(SELECT share * network_room[2] / 3600 FROM unnest(shares) AS share);
    exceeded text[];
BEGIN
    IF reader IS NOT NULL THEN
        names := names || ('votes:reader:' || code);
        capacities := capacities || reader_room[1];
        rates := rates || reader_room[2] / 3600;
    END IF;
    IF pace IS NOT NULL THEN
        names := names || ('pace:' || code);
        capacities := capacities || pace[1];
        rates := rates || pace[2] / 3600;
    END IF;
    exceeded := accounts_consume(names, capacities, rates);
    is_too_fast := ('pace:' || code) = ANY (exceeded);
    SELECT max(ceil(1 / rate)) INTO retry_after FROM unnest(names, rates) AS wanted (name, rate)
        WHERE name LIKE 'votes:%' AND name = ANY (exceeded);
END $$;
"""

# Counts each of `names` up, and returns whether one of them is now above its share of `most`.
COUNT_BEYOND = """
CREATE FUNCTION votes_count_beyond(names text[], shares float[], most float) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM unnest(accounts_increment(names), shares) AS counted (amount, share)
        WHERE amount > share * most
    );
END $$;
"""

# The published tool that has the slug `asked`, or had it before it was renamed; no row if there is none.
FIND_TOOL = """
CREATE FUNCTION votes_find_tool(asked text, moment timestamptz)
RETURNS TABLE (
    id bigint, slug varchar, name varchar,
    panel_verdict varchar, panel_ships smallint, panel_skips smallint
) LANGUAGE plpgsql STABLE ROWS 1 AS $$
BEGIN
    RETURN QUERY SELECT tool.id, tool.slug, tool.name, panel.verdict, panel.ships, panel.skips
    FROM tools_tool AS tool JOIN reviews_panelverdict AS panel ON panel.tool_id = tool.id
    WHERE tool.published_at <= moment AND tool.id = coalesce(
        (SELECT current.id FROM tools_tool AS current WHERE current.slug = asked),
        (SELECT old.tool_id FROM tools_oldtoolslug AS old WHERE old.slug = asked));
END $$;
"""

# How many votes an hour on a tool fit its history: a multiple of the hourly mean of the days before today, where
# only votes that counted are history.
BURST_BOUND = """
CREATE FUNCTION votes_burst_bound(tool bigint, factor float, days integer) RETURNS float
LANGUAGE sql STABLE AS $$
    SELECT factor * coalesce(sum(counted), 0) / (24 * days) FROM (
        SELECT greatest(0, sum(CASE
            WHEN event IN ('cast', 'released') THEN count
            WHEN event = 'held' OR (event IN ('withdrawn', 'voided') AND state NOT IN ('held', 'voided'))
            THEN -count ELSE 0 END)) AS counted
        FROM votes_voteday
        WHERE tool_id = tool AND day < (now() AT TIME ZONE 'UTC')::date
            AND day >= (now() AT TIME ZONE 'UTC')::date - days
        GROUP BY day
    ) AS history
$$;
"""

# The vote that makes an hour a burst holds the votes of that hour that counted until then. It locks its own
# vote, if it has one, with them: all votes are locked by their ids, as staff do.
HOLD_BURST = """
CREATE FUNCTION votes_hold_burst(tool bigint, own_vote bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    hour timestamptz := date_trunc('hour', now(), 'UTC');
BEGIN
    PERFORM 1 FROM votes_vote
        WHERE id = own_vote OR (state = 'counted' AND tool_id = tool AND changed_at >= hour)
        ORDER BY id FOR NO KEY UPDATE;
    UPDATE votes_vote SET state = 'held', rule = 'burst'
        WHERE state = 'counted' AND tool_id = tool AND changed_at >= hour;
END $$;
"""

# The public rules, in the order of /voting/: the first that holds a vote on `tool`, or '' if it counts. Votes
# beyond the cap of a network are not part of a burst: one network cannot have the votes of others held. The hash
# of a network changes each day (UTC), so the cap counts one day. `newcomer_until` is the reader's new mark.
HOLDING_RULE = """
CREATE FUNCTION votes_holding_rule(
    tool bigint, own_vote bigint, networks text[], shares float[],
    is_first_vote boolean, is_too_fast boolean,
    newcomers float, cap float, burst_floor float, burst_factor float, burst_days integer,
    INOUT newcomer_until timestamptz, OUT rule text
) LANGUAGE plpgsql AS $$
DECLARE
    hour text := to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24');
    in_hour float;
    bound float := burst_floor;
BEGIN
    rule := '';
    IF is_first_vote AND votes_count_beyond(ARRAY(
        SELECT 'newcomers:' || network || ':' || hour FROM unnest(networks) AS network
    ), shares, newcomers) THEN
        newcomer_until := now() + interval '1 hour';
    END IF;
    IF newcomer_until > now() THEN
        rule := 'newcomers';
    ELSIF is_too_fast THEN
        rule := 'pace';
    ELSIF votes_count_beyond(ARRAY(
        SELECT 'cap:' || network || ':' || tool FROM unnest(networks) AS network
    ), shares, cap) THEN
        rule := 'network-cap';
    ELSE
        in_hour := (accounts_increment(ARRAY['burst:' || tool || ':' || hour]))[1];
        IF in_hour > burst_floor THEN
            bound := greatest(burst_floor, votes_burst_bound(tool, burst_factor, burst_days));
        END IF;
        IF in_hour > bound THEN
            rule := 'burst';
            IF in_hour - 1 <= bound THEN
                PERFORM votes_hold_burst(tool, own_vote);
            END IF;
        END IF;
    END IF;
END $$;
"""

# Casts or changes the vote of a reader on a tool: limits, rules, vote, and by triggers tally and vote log.
# Without a reader, or with one who was deleted, it makes one. Locks are taken in one order: the reader, so that
# two requests of one reader come one after the other; limits and counters by name within each step; votes by id;
# tallies. Beyond a limit `retry_after` is set and nothing else. The same choice again only replaces the reason. A
# vote that was held or voided remains so, even after it was withdrawn and cast again.
CAST = """
CREATE FUNCTION votes_cast(
    cookie uuid, tool bigint, new_choice text, new_reason bigint,
    network bytea, networks text[], shares float[],
    network_room float[], reader_room float[], pace float[],
    newcomers float, cap float, burst_floor float, burst_factor float, burst_days integer,
    OUT retry_after integer, OUT vote votes_vote, OUT tally votes_tally
) LANGUAGE plpgsql AS $$
DECLARE
    reader accounts_reader;
    is_new boolean;
    is_repeated boolean;
    is_first boolean;
    consumed record;
    judged record;
BEGIN
    SELECT * INTO reader FROM accounts_reader WHERE id = cookie FOR NO KEY UPDATE;
    is_new := reader.id IS NULL;
    IF is_new THEN
        reader.id := gen_random_uuid();
    ELSE
        SELECT * INTO vote FROM votes_vote WHERE reader_id = reader.id AND tool_id = tool;
    END IF;
    is_repeated := coalesce(vote.choice = new_choice AND vote.state <> 'withdrawn', false);
    consumed := votes_consume(reader.id, networks, shares, network_room, reader_room,
        CASE WHEN NOT is_repeated THEN pace END);
    retry_after := consumed.retry_after;
    IF retry_after IS NOT NULL THEN
        vote := NULL;
        RETURN;
    END IF;

    IF is_repeated THEN
        UPDATE votes_vote SET reason_id = new_reason
            WHERE id = vote.id AND choice = new_choice AND reason_id IS DISTINCT FROM new_reason;
        SELECT * INTO vote FROM votes_vote WHERE id = vote.id;
    ELSE
        is_first := is_new OR (vote.id IS NULL
            AND NOT EXISTS (SELECT FROM votes_vote WHERE reader_id = reader.id));
        judged := votes_holding_rule(tool, vote.id, networks, shares, is_first, consumed.is_too_fast,
            newcomers, cap, burst_floor, burst_factor, burst_days, reader.newcomer_until);
        IF is_new THEN
            INSERT INTO accounts_reader (id, created_at, seen_on, network, newcomer_until)
            VALUES (reader.id, now(), (now() AT TIME ZONE 'UTC')::date, votes_cast.network,
                judged.newcomer_until);
        ELSIF judged.newcomer_until IS DISTINCT FROM reader.newcomer_until THEN
            UPDATE accounts_reader SET newcomer_until = judged.newcomer_until WHERE id = reader.id;
        END IF;
        INSERT INTO votes_vote AS stored
            (reader_id, tool_id, choice, reason_id, state, rule, network, cast_at, changed_at)
        VALUES (reader.id, tool, new_choice, new_reason,
            CASE judged.rule WHEN '' THEN 'counted' ELSE 'held' END, judged.rule,
            votes_cast.network, now(), now())
        ON CONFLICT (reader_id, tool_id) DO UPDATE SET
            choice = excluded.choice,
            reason_id = excluded.reason_id,
            state = CASE WHEN stored.rule = '' THEN excluded.state
                WHEN stored.state <> 'withdrawn' THEN stored.state
                WHEN stored.rule = 'staff' THEN 'voided' ELSE 'held' END,
            rule = CASE WHEN stored.rule = '' THEN excluded.rule ELSE stored.rule END,
            network = excluded.network,
            changed_at = excluded.changed_at
        RETURNING * INTO vote;
    END IF;
    SELECT * INTO tally FROM votes_tally WHERE tool_id = tool;
END $$;
"""

# Withdraws the vote of a reader on a tool, if there is one. It uses the limits of a vote, and counts toward the
# cap of its network, but no rule refuses it. `vote` is as it was before, or NULL if there was none.
WITHDRAW = """
CREATE FUNCTION votes_withdraw(
    cookie uuid, tool bigint, networks text[], shares float[],
    network_room float[], reader_room float[],
    OUT retry_after integer, OUT vote votes_vote, OUT tally votes_tally
) LANGUAGE plpgsql AS $$
DECLARE
    reader uuid := (SELECT id FROM accounts_reader WHERE id = cookie FOR NO KEY UPDATE);
BEGIN
    retry_after := (votes_consume(reader, networks, shares,
        network_room, reader_room, NULL)).retry_after;
    IF retry_after IS NULL THEN
        SELECT * INTO vote FROM votes_vote
            WHERE reader_id = reader AND tool_id = tool;
        IF vote.state <> 'withdrawn' THEN
            PERFORM accounts_increment(ARRAY(
                SELECT 'cap:' || network || ':' || tool FROM unnest(networks) AS network));
            UPDATE votes_vote SET state = 'withdrawn', reason_id = NULL, changed_at = now()
                WHERE id = vote.id;
        END IF;
        SELECT * INTO tally FROM votes_tally WHERE tool_id = tool;
    END IF;
END $$;
"""
# The functions by their order: each calls those before it.
FUNCTIONS = {
    "votes_find_tool": FIND_TOOL,
    "votes_consume": CONSUME,
    "votes_count_beyond": COUNT_BEYOND,
    "votes_burst_bound": BURST_BOUND,
    "votes_hold_burst": HOLD_BURST,
    "votes_holding_rule": HOLDING_RULE,
    "votes_cast": CAST,
    "votes_withdraw": WITHDRAW,
}
