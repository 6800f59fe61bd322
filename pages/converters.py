"""URL path converters. A path that none of them matches is a 404 before any view runs."""

from django.urls import register_converter

from tools.slugs import SLUG_MAX_LENGTH
from votes.rankings.models import Ranking


class AnySlug:
    """Any text in place of a slug, in any script, so that the 404 page can quote it."""

    regex = rf"[^/]{{1,{SLUG_MAX_LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class RankingConverter:
    regex = "|".join(Ranking.values)

    def to_python(self, value: str) -> Ranking:
        return Ranking(value)

    def to_url(self, value: str) -> str:
        return Ranking(value).value


register_converter(AnySlug, "any_slug")
register_converter(RankingConverter, "ranking")
