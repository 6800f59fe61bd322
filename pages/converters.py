"""URL path converters. A path that none of them matches is a 404 before any view runs."""

from django.urls import register_converter

from tools import slug_converter  # noqa: F401  importing it registers it
from votes.rankings.models import Ranking


class RankingConverter:
    regex = "|".join(Ranking.values)

    def to_python(self, value: str) -> Ranking:
        return Ranking(value)

    def to_url(self, value: str) -> str:
        return Ranking(value).value


register_converter(RankingConverter, "ranking")
