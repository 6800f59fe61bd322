from collections.abc import Iterator

from django.urls import URLPattern, URLResolver

SAMPLES = {"IntConverter": "1", "RankingConverter": "panel"}


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """The address (with something in each of its gaps) and pattern of every view, the admin's left out."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield prefix + filled_in(entry), entry
        elif entry.namespace != "admin":
            yield from patterns(entry, prefix)


def filled_in(pattern: URLPattern) -> str:
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        sample = SAMPLES.get(type(converter).__name__, "some")
        kind = route.split(f":{name}>")[0].rpartition("<")[2]
        route = route.replace(f"<{kind}:{name}>", sample)
    return f"/{route}"
