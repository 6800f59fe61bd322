"""Every URL pattern of the site, the admin's included, from the resolver: a new one is in every list by itself."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver

# In a regular expression of re_path(), which only the admin has: "(?P<app_label>…)".
NAMED_GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")
GAP = re.compile(r"<(?:[^:>]+:)?(\w+)>")


@dataclass(frozen=True)
class SitePattern:
    route: str  # "tools/<slug:slug>/vote/"
    name: str  # "vote", or "admin:tools_tool_changelist"
    callback: Callable[..., Any]

    @property
    def parameters(self) -> list[str]:
        return GAP.findall(self.route)

    def path(self, values: dict[str, str], *, is_quoted: bool = True) -> str:
        """Return the path with `values` in the gaps, percent-encoded unless they are already."""

        def fill(gap: re.Match[str]) -> str:
            value = values[gap[1]]
            return quote(value, safe="/") if is_quoted else value

        return "/" + GAP.sub(fill, self.route)


def site_patterns() -> list[SitePattern]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[SitePattern]:
    for entry in resolver.url_patterns:
        route = prefix + _readable(str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield SitePattern(route, f"{namespace}{entry.name}", entry.callback)
        else:
            inner = f"{entry.namespace}:" if entry.namespace else ""
            yield from _walk(entry, route, namespace + inner)


def _readable(route: str) -> str:
    return NAMED_GROUP.sub(r"<\1>", route).removeprefix("^").removesuffix("$")
