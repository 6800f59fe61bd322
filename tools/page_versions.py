"""Parts of the validators of pages, in SQL. Each reads a few index entries, whatever the number of tools.

`%(now)s` is the time by the clock of the web process.
"""

# Whether sample content is public.
SAMPLE = "EXISTS (SELECT FROM tools_tool WHERE is_sample AND published_at <= %(now)s)"

# Categories, fact kinds, reviewers and reasons.
SHARED = "(SELECT sum(number) FROM tools_catalogversion WHERE category_id IS NULL)"

# All tools and what belongs to them, but for tallies. Scheduled publications and their entries in the change
# log come due without a write.
CATALOG = """
(SELECT sum(number) FROM tools_catalogversion),
(SELECT max(published_at) FROM tools_tool WHERE published_at <= %(now)s),
(SELECT max(at) FROM tools_ledgerentry WHERE at <= %(now)s)
"""


def of_category(category: str) -> str:
    """The tools of the category whose id the SQL expression `category` gives."""
    return f"""
    (SELECT sum(number) FROM tools_catalogversion WHERE category_id = {category}),
    (SELECT max(published_at) FROM tools_tool
     WHERE category_id = {category} AND published_at <= %(now)s)
    """  # noqa: S608 - made of constants of our own


def named_by(tool: str) -> str:
    """The other tools that the tool in the table alias `tool`, or its change log, names as successors."""
    return f"""
    (SELECT string_agg(ROW(id, version, published_at <= %(now)s)::text, ' ' ORDER BY id)
     FROM (SELECT {tool}.successor_id UNION
        SELECT unnest(ARRAY[old_successor_id, new_successor_id]) FROM tools_ledgerentry
        WHERE tool_id = {tool}.id AND (old_successor_id IS NOT NULL OR new_successor_id IS NOT NULL)
     ) AS named (id) JOIN tools_tool USING (id))
    """  # noqa: S608 - made of constants of our own
