"""Limits that Postgres checks and consumes at once. `accounts.rate_limits` and the functions votes_* call them."""

from django.db import migrations

# A row is deleted when it says no more than no row would: a bucket once it is full again, a counter after two days.
# The extra hour lets a bucket keep its time over many tokens, so that most updates change no index.
SLACK = "interval '1 hour'"

TAKE = """
INSERT INTO accounts_ratelimit AS bucket (name, amount, updated_at, expires_at)
SELECT wanted.name, wanted.capacity - wanted.cost, clock_timestamp(),
    clock_timestamp() + make_interval(secs => wanted.capacity / wanted.rate + {debt}) + {slack}
FROM unnest(names, capacities, rates, {costs}) AS wanted (name, capacity, rate, cost)
WHERE wanted.capacity - wanted.cost >= -{debt} * wanted.rate
ORDER BY wanted.name
ON CONFLICT (name) DO UPDATE
SET updated_at = greatest(bucket.updated_at, excluded.updated_at),
    amount = {filled} - {cost},
    expires_at = CASE WHEN bucket.expires_at < excluded.expires_at - {slack}
        THEN excluded.expires_at ELSE bucket.expires_at END
WHERE {filled} - {cost} >= -{debt} * {rate}
RETURNING bucket.name, bucket.amount
"""


def take(costs: str, debt: str) -> str:
    """Return the statement that takes {costs} tokens of each bucket, unless it would lack more than {debt} seconds."""
    place = "array_position(names, bucket.name::text)"
    cost, rate = f"({costs})[{place}]", f"rates[{place}]"
    since = "greatest(0, extract(epoch FROM excluded.updated_at - bucket.updated_at))"
    filled = f"least(excluded.amount + {cost}, bucket.amount + {since} * {rate})"
    return TAKE.format(costs=costs, debt=debt, slack=SLACK, cost=cost, rate=rate, filled=filled)


# Takes the cost (one token by default) of each bucket, in the order of their names so that two callers cannot
# deadlock, and returns the names of those that held less. Rates are tokens per second.
CONSUME = f"""
CREATE FUNCTION accounts_consume(
    names text[], capacities float[], rates float[], costs float[] DEFAULT NULL
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    granted text[];
BEGIN
    costs := coalesce(costs, array_fill(1::float, ARRAY[cardinality(names)]));
    WITH taken AS ({take("costs", "0")})
    SELECT coalesce(array_agg(name), '{{}}') INTO granted FROM taken;
    RETURN ARRAY(SELECT name FROM unnest(names) AS wanted (name) WHERE name <> ALL (granted));
END $$;
"""  # noqa: S608 - made of constants of our own

# Takes one token of each bucket even if it has to be lent, and returns the seconds after which the last of these
# tokens will be there; NULL if that is more than `most_seconds` for one of the buckets.
BORROW = f"""
CREATE FUNCTION accounts_borrow(
    names text[], capacities float[], rates float[], most_seconds float
) RETURNS float LANGUAGE plpgsql AS $$
DECLARE
    ones float[] := array_fill(1::float, ARRAY[cardinality(names)]);
    granted integer;
    seconds float;
BEGIN
    WITH taken AS ({take("ones", "most_seconds")})
    SELECT count(*), max(greatest(0, -amount / rates[array_position(names, name::text)]))
        INTO granted, seconds FROM taken;
    RETURN CASE WHEN granted = cardinality(names) THEN seconds END;
END $$;
"""  # noqa: S608 - made of constants of our own

# Adds one to each counter, in the order of their names, and returns the new counts in the order given.
INCREMENT = """
CREATE FUNCTION accounts_increment(names text[]) RETURNS float[] LANGUAGE plpgsql AS $$
DECLARE
    counts float[];
BEGIN
    WITH counted AS (
        INSERT INTO accounts_ratelimit AS counter (name, amount, updated_at, expires_at)
        SELECT wanted.name, 1, clock_timestamp(), clock_timestamp() + interval '2 days'
        FROM unnest(names) AS wanted (name) ORDER BY wanted.name
        ON CONFLICT (name) DO UPDATE
        SET amount = counter.amount + 1, updated_at = excluded.updated_at
        RETURNING counter.name, counter.amount
    )
    SELECT array_agg(amount ORDER BY array_position(names, name::text)) INTO counts FROM counted;
    RETURN counts;
END $$;
"""


# Django gives a key of texts a second index, for LIKE. Nothing searches for a part of a name, and each vote writes
# several names.
NO_LIKE_INDEX = "DROP INDEX accounts_ratelimit_name_022794ab_like"
LIKE_INDEX = "CREATE INDEX accounts_ratelimit_name_022794ab_like ON accounts_ratelimit (name varchar_pattern_ops)"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_tables")]

    operations = [
        migrations.RunSQL(CONSUME, "DROP FUNCTION accounts_consume"),
        migrations.RunSQL(BORROW, "DROP FUNCTION accounts_borrow"),
        migrations.RunSQL(INCREMENT, "DROP FUNCTION accounts_increment"),
        migrations.RunSQL(NO_LIKE_INDEX, LIKE_INDEX),
    ]
