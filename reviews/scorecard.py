"""The scorecard of a tool as staff fill it in: a line per reviewer, kept as drafts until published."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from reviews.actions import publish_reviews
from reviews.blind_review import blind_reviewer, reviewer_of, sees_others_of
from reviews.forms import LineForm
from reviews.models import Review, Reviewer
from tools.models import Tool


@dataclass
class Line:
    reviewer: Reviewer
    published: Review | None
    draft: Review | None
    opened: LineForm  # the version that the page shows, or was opened with
    form: LineForm | None  # None: this user can only view the line
    is_hidden: bool  # from this user, until their own review is handed in or published
    is_own: bool = False  # of this user
    steps: list[Any] = field(default_factory=list)  # links to what this user can do with the review

    @property
    def review(self) -> Review | None:
        """What the line shows."""
        return self.draft or self.published

    @property
    def state_text(self) -> str:
        if self.is_hidden:
            return "Hidden until your own review is handed in or published"
        published, draft = self.published, self.draft
        texts = []
        if published:
            at = f"{published.published_at:%-d %B %Y}"
            texts.append(f"Revision {published.revision}, published on {at}")
        if draft:
            texts.append(f"Draft of revision {draft.revision}" if published else "Draft")
            texts += _draft_states(draft)
        return " · ".join(texts) or "Empty"

    @property
    def state(self) -> str:
        """One word for the style of the line."""
        if self.is_hidden:
            return "hidden"
        return "draft" if self.draft else "published" if self.published else "empty"

    @property
    def missing(self) -> list[str]:
        """The labels of what must be filled in before the line can be published."""
        if self.is_hidden or (self.published and not self.draft):
            return []
        return (self.draft or Review()).missing_for_publishing()

    @property
    def draft_changed_since_opened(self) -> bool:
        """Whether the draft is another than the one that the page showed."""
        if self.draft is None or not self.opened.is_stale:
            return False
        return self.form is None or not self.form.is_bound or self.form.is_unchanged

    @property
    def body_is_open(self) -> bool:
        is_begun = self.draft is not None or self.published is None
        return self.form is not None and (self.form.is_bound or is_begun)

    @property
    def word_count(self) -> int:
        return len(self.review.body.split()) if self.review else 0


class Scorecard:
    """The lines of `tool` as `user` may see and fill them in, bound to `data` if that is given."""

    def __init__(
        self, *, tool: Tool, user: User, data: Any = None, can_change: bool = True
    ) -> None:
        self.tool = tool
        self.own = blind_reviewer(user)
        self.own_reviewer = self.own or reviewer_of(user)
        self.is_open = self.own is None or sees_others_of(user, tool)
        self.lines = [
            self._line(reviewer, reviews, data, can_change)
            for reviewer, reviews in self._reviewers().items()
        ]

    def _reviewers(self) -> dict[Reviewer, list[Review]]:
        """{reviewer: their published and draft review}: the active, and the retired of the card."""
        reviews = Review.objects.filter(tool=self.tool).filter(
            Q(is_current=True) | Q(published_at__isnull=True)
        )
        found: dict[int, list[Review]] = {}
        for review in reviews:
            review.tool = self.tool
            found.setdefault(review.reviewer_id, []).append(review)
        current = [
            pk for pk, reviews in found.items() if any(review.is_current for review in reviews)
        ]
        panel = Reviewer.objects.filter(Q(is_active=True) | Q(pk__in=current))
        return {reviewer: found.get(reviewer.pk, []) for reviewer in panel}

    def _line(self, reviewer: Reviewer, reviews: list[Review], data: Any, can_change: bool) -> Line:
        published = next((review for review in reviews if review.is_current), None)
        draft = next((review for review in reviews if not review.is_current), None)
        for review in reviews:
            review.reviewer = reviewer
        is_own = reviewer == self.own_reviewer
        stored: dict[str, Any] = {
            "tool": self.tool,
            "reviewer": reviewer,
            "published": published,
            "draft": draft,
        }
        opened = LineForm(data, **stored)
        form = None
        if can_change and reviewer.is_active and self.own in (None, reviewer):
            form = opened if data is None or opened.was_sent else LineForm(**stored)
        if draft and draft.is_locked and not (form and form.is_bound and form.was_typed):
            form = None
        is_hidden = not self.is_open and not is_own
        return Line(reviewer, published, draft, opened, form, is_hidden, is_own)

    @property
    def missing_reviewers(self) -> list[Reviewer]:
        return [line.reviewer for line in self.lines if not line.published and not line.draft]

    @property
    def invalid_reviewers(self) -> list[Reviewer]:
        """The reviewers whose lines have errors. Every line is validated, so that each shows its own."""
        return [
            line.reviewer
            for line in self.lines
            if line.form and line.form.is_bound and not line.form.is_valid()
        ]

    def is_valid(self) -> bool:
        return not self.invalid_reviewers

    def save(self) -> list[str]:
        """Store the drafts; return a few words on each change, for the history of the tool."""
        done = []
        for line in self.lines:
            if line.form and line.form.is_bound and (change := line.form.save_line()):
                done.append(f"draft of {line.reviewer} ({change})")
        return done

    def line_of(self, reviewer_id: int | None) -> Line | None:
        """Return the visible line of a reviewer."""
        lines = (line for line in self.lines if not line.is_hidden)
        return next((line for line in lines if line.reviewer.pk == reviewer_id), None)

    def publish(self, reviewer_id: int | None = None) -> list[Review]:
        """Publish every begun draft that the page showed to the user and nobody scheduled; return them.

        With `reviewer_id`, only that reviewer's. Raises ValidationError, and publishes nothing, when one is
        incomplete or was changed since.
        """
        visible = [
            line
            for line in self.lines
            if not line.is_hidden and reviewer_id in (None, line.reviewer.pk)
        ]
        if changed := [line for line in visible if line.draft_changed_since_opened]:
            names = ", ".join(str(line.reviewer) for line in changed)
            raise ValidationError(
                f"Not published. Drafts changed after you opened this page: {names}. Read them, then "
                "publish again."
            )
        drafts = Review.objects.drafts().filter(
            tool=self.tool,
            reviewer__in=[line.reviewer for line in visible],
            reviewer__is_active=True,
        )
        if reviewer_id is None:
            drafts = drafts.filter(publish_at__isnull=True)
        reviews = list(drafts.in_panel_order())
        publish_reviews(tool=self.tool, reviews=reviews)
        return reviews


def _draft_states(draft: Review) -> Iterator[str]:
    """Yield who waits for what."""
    if draft.handed_in_at:
        yield f"Handed in on {timezone.localtime(draft.handed_in_at):%-d %B %Y}, waiting for a publisher"
    elif draft.handed_back_at:
        yield f"Handed back: {draft.handed_back_reason}"
    if draft.publish_at:
        at = timezone.localtime(draft.publish_at)
        yield f"Scheduled for {at:%-d %B %Y, %H:%M %Z}"
