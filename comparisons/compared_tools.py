"""The tools of a comparison by their slugs, current or old."""

from collections.abc import Sequence

from tools.models import OldToolSlug, Tool
from votes.tools_on_record import tools_on_record


def compared_tools(slugs: Sequence[str]) -> dict[str, Tool]:
    """Return {slug: tool} for those of `slugs`, current or old, of tools that are on record.

    One query; one or two more when a slug is not found.
    """
    known = {tool.slug: tool for tool in tools_on_record(slugs)} if slugs else {}
    if missing := [slug for slug in slugs if slug not in known]:
        old_slugs = OldToolSlug.objects.filter(slug__in=missing)
        now_at = dict(old_slugs.values_list("slug", "tool__slug"))
        owners = {tool.slug: tool for tool in tools_on_record([*now_at.values()])} if now_at else {}
        known |= {old: owners[slug] for old, slug in now_at.items() if slug in owners}
    return {slug: known[slug] for slug in slugs if slug in known}
