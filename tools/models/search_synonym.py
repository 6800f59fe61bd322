from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.lookups import Exact, Regex

# A query is looked up by runs of at most so many words.
MOST_WORDS = 6


class Folded(models.Func):
    """The words of a text without case, accents and punctuation, as `tools_folded` in Postgres makes them."""

    function = "tools_folded"
    output_field: "models.Field[Any, Any]" = models.TextField()


class SearchSynonym(models.Model):
    """What a search for `term` finds too: the words of `stands_for`, as a phrase.

    Triggers: `search_synonym_touches_catalog`.
    """

    term = models.CharField(max_length=60, help_text="What readers type, for example “rag”.")
    stands_for = models.CharField(
        max_length=60,
        help_text="What tools say instead, for example “retrieval”. A name of a category finds its tools.",
    )
    is_two_way = models.BooleanField(
        "both ways", default=False, help_text="Also find the first when readers type the second."
    )

    class Meta:
        ordering = ["term", "stands_for"]
        constraints = [
            # Search: the synonyms of the words that a reader typed.
            models.UniqueConstraint(
                Folded("term"),
                Folded("stands_for"),
                name="search_synonym_is_there_once",
                violation_error_message="This synonym exists already.",
            ),
            models.CheckConstraint(
                condition=~Q(Exact(Folded("term"), Folded("stands_for"))),
                name="search_synonym_has_two_sides",
                violation_error_message="The two sides are the same words. Case and accents make no difference.",
            ),
            models.CheckConstraint(
                condition=Q(Regex(Folded("term"), rf"^\S+( \S+){{0,{MOST_WORDS - 1}}}$"))
                & Q(Regex(Folded("stands_for"), rf"^\S+( \S+){{0,{MOST_WORDS - 1}}}$")),
                name="search_synonym_has_few_words",
                violation_error_message=f"Each side has one to {MOST_WORDS} words of letters and digits.",
            ),
        ]
        indexes = [
            # Search: the same in the other direction.
            models.Index(
                Folded("stands_for"), condition=Q(is_two_way=True), name="search_synonym_two_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} {'↔' if self.is_two_way else '→'} {self.stands_for}"
