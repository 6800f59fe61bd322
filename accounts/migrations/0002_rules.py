"""Limits that Postgres checks and consumes at once. `accounts.rate_limits` and the functions votes_* call them."""

from django.db import migrations

# Takes one token of each bucket, in the order of their names so that two callers cannot deadlock, and returns
# the names of those that were empty. Rates are tokens per second.
CONSUME = """
CREATE FUNCTION accounts_consume(names text[], capacities float[], rates float[])
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    granted text[];
BEGIN
    WITH consumed AS (
        INSERT INTO accounts_ratelimit AS bucket (name, amount, updated_at)
        SELECT wanted.name, wanted.capacity - 1, clock_timestamp()
        FROM unnest(names, capacities) AS wanted (name, capacity)
        ORDER BY wanted.name
        ON CONFLICT (name) DO UPDATE
        SET updated_at = greatest(bucket.updated_at, excluded.updated_at),
            amount = least(excluded.amount + 1, bucket.amount + {filled}) - 1
        WHERE least(excluded.amount + 1, bucket.amount + {filled}) >= 1
        RETURNING bucket.name
    )
    SELECT coalesce(array_agg(name), '{{}}') INTO granted FROM consumed;
    RETURN ARRAY(SELECT name FROM unnest(names) AS wanted (name) WHERE name <> ALL (granted));
END $$;
""".format(
    filled="greatest(0, extract(epoch FROM excluded.updated_at - bucket.updated_at))"
    " * rates[array_position(names, bucket.name::text)]"
)

# Adds one to each counter, in the order of their names, and returns the new counts in the order given.
INCREMENT = """
CREATE FUNCTION accounts_increment(names text[]) RETURNS float[] LANGUAGE plpgsql AS $$
DECLARE
    counts float[];
BEGIN
    WITH counted AS (
        INSERT INTO accounts_ratelimit AS counter (name, amount, updated_at)
        SELECT wanted.name, 1, clock_timestamp() FROM unnest(names) AS wanted (name) ORDER BY wanted.name
        ON CONFLICT (name) DO UPDATE
        SET amount = counter.amount + 1, updated_at = excluded.updated_at
        RETURNING counter.name, counter.amount
    )
    SELECT array_agg(amount ORDER BY array_position(names, name::text)) INTO counts FROM counted;
    RETURN counts;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_tables")]

    operations = [
        migrations.RunSQL(CONSUME, "DROP FUNCTION accounts_consume"),
        migrations.RunSQL(INCREMENT, "DROP FUNCTION accounts_increment"),
    ]
