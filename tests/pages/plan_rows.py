"""How many rows the statements of a request read, by EXPLAIN ANALYZE."""

import json
from contextlib import contextmanager

from django.db import connection


@contextmanager
def recorded_queries():
    """Yield a list to which every SELECT of the block is added as (statement, parameters)."""
    queries = []

    def record(execute, sql, params, many, context):
        if sql.lstrip("(\n ").startswith(("SELECT", "WITH")):
            queries.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        yield queries


def most_rows(sql, params):
    """Return (rows, plan node) of the node that reads most: rows times loops, and those that a filter removed."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {sql}", params)
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return max(_rows(node) for node in _nodes(plan[0]["Plan"]) if not _reads_no_row(node))


def _nodes(node):
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def _reads_no_row(node):
    """Whether a node reads a word's rows from a GIN index, or an array of a row: nanoseconds each.

    What counts is the rows fetched for them.
    """
    posting_lists = {
        "listing_texts",
        "listing_names",
        "listing_spellings",
        "review_body_words",
        "tool_name_words",
    }
    return node.get("Index Name", "") in posting_lists or node.get("Function Name") == "unnest"


def _rows(node):
    removed = sum(
        node.get(f"Rows Removed by {by}", 0) for by in ("Filter", "Join Filter", "Index Recheck")
    )
    rows = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return round(
        rows
    ), f"{node['Node Type']} {node.get('Index Name', node.get('Relation Name', ''))}"
