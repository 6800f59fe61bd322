"""The sentences of reviews that a digest quotes: the strongest for each verdict, or those that staff chose.

The strongest ship sentence is from the review with the highest score of those that say ship, the strongest skip
sentence from the one with the lowest score of those that say skip; of equal scores, the first in panel order.
It is the first whole sentence of that review, cut at MAX_QUOTE characters.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from newsletter.digest.plain_text import one_line
from reviews.models import Review, Reviewer, Verdict
from web.excerpts import SENTENCE_END, SOURCE_LENGTH, plain_text, shorten

MAX_QUOTE = 220
# A shorter sentence says too little alone, so the next one is added.
ENOUGH = 25
MOST_SENTENCES = 4  # of a review that staff can choose from


@dataclass(frozen=True)
class Quote:
    reviewer: str
    is_ai_assisted: bool
    verdict: str
    score: int
    text: str

    @property
    def source(self) -> str:
        """Who says it, such as "Builder (Ship, 88)"."""
        verdict = Verdict(self.verdict).label
        text = (
            gettext("%(reviewer)s, AI-assisted (%(verdict)s, %(score)d)")
            if self.is_ai_assisted
            else gettext("%(reviewer)s (%(verdict)s, %(score)d)")
        )
        return text % {"reviewer": self.reviewer, "verdict": verdict, "score": self.score}


def strongest_quotes(reviews: list[Review]) -> tuple[Quote, ...]:
    """Return at most one quote that says ship and one that says skip. `reviews`: in panel order."""
    strongest = [strongest_review(reviews, verdict) for verdict in Verdict]
    quotes = [quote for review in strongest if review for quote in quotes_from(review)[:1]]
    return tuple(quotes)


def strongest_review(reviews: list[Review], verdict: str) -> Review | None:
    sign = -1 if verdict == Verdict.SHIP else 1
    said = [review for review in reviews if review.verdict == verdict]
    return min(said, key=lambda review: sign * review.points, default=None)


def quotes_from(review: Review) -> list[Quote]:
    """Return the first sentences of a review, each as a quote. Its `reviewer` must be loaded."""
    return [
        Quote(
            reviewer=one_line(review.reviewer.name),
            is_ai_assisted=review.reviewer.kind == Reviewer.Kind.AI_ASSISTED,
            verdict=review.verdict,
            score=review.points,
            text=shorten(sentence, MAX_QUOTE),
        )
        for sentence in _sentences(review.body)
    ]


def _sentences(body: str) -> list[str]:
    text = one_line(plain_text(body[:SOURCE_LENGTH]))
    sentences = list(_cut(text, (match.end() for match in SENTENCE_END.finditer(text))))
    return sentences[:MOST_SENTENCES]


def _cut(text: str, ends: Iterable[int]) -> Iterator[str]:
    start = 0
    for end in [*ends, len(text)]:
        sentence = text[start:end].strip()
        if len(sentence) >= ENOUGH or (end == len(text) and sentence):
            yield sentence
            start = end
