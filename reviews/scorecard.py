"""The scorecard of a tool as staff fill it: a line per reviewer, kept as drafts until published."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q

from reviews.actions import publish_reviews
from reviews.blind_review import blind_reviewer, sees_others_of
from reviews.forms import LineForm
from reviews.models import Review, Reviewer


@dataclass
class Line:
    reviewer: Reviewer
    published: Review | None
    draft: Review | None
    look: LineForm  # what the page shows, or was opened with
    form: LineForm | None  # None: the line is only read
    is_hidden: bool  # from this user, until their own review is entered

    @property
    def shown(self):
        return self.draft or self.published

    @property
    def state(self):
        """What the line holds, in words."""
        if self.is_hidden:
            return "Hidden until your own review is entered"
        words = []
        if self.published:
            words.append(
                f"Published, revision {self.published.revision} of "
                f"{self.published.published_at:%-d %B %Y}"
            )
        if self.draft:
            words.append(f"Draft of revision {self.draft.revision}" if words else "Draft")
        return " · ".join(words) or "Empty"

    @property
    def mark(self):
        """One word for the style of the line."""
        if self.is_hidden:
            return "hidden"
        return "draft" if self.draft else "published" if self.published else "empty"

    @property
    def missing(self):
        """What still has to be filled before the line can be published."""
        if self.is_hidden or (self.published and not self.draft):
            return []
        return (self.draft or Review()).missing_for_publishing()

    @property
    def has_unseen_draft(self):
        """Whether the draft is another than the one that the page showed."""
        if self.draft is None or not self.look.is_stale:
            return False
        return self.form is None or not self.form.is_bound or self.form.is_unchanged

    @property
    def body_is_open(self):
        return self.form is not None and (self.form.is_bound or self.draft is not None)

    @property
    def words(self):
        return len(self.shown.body.split()) if self.shown else 0


class Scorecard:
    """The lines of `tool` as `user` may see and fill them, bound to `data` if that is given."""

    def __init__(self, *, tool, user, data=None, can_change=True):
        self.tool = tool
        self.own = blind_reviewer(user)
        self.is_open = self.own is None or sees_others_of(user, tool)
        self.lines = [
            self._line(reviewer, reviews, data, can_change)
            for reviewer, reviews in self._reviewers().items()
        ]

    def _reviewers(self):
        """{reviewer: their published and draft review}: the active, and the retired of the card."""
        reviews = Review.objects.filter(tool=self.tool).filter(
            Q(is_current=True) | Q(published_at__isnull=True)
        )
        found = {}
        for review in reviews:
            review.tool = self.tool
            found.setdefault(review.reviewer_id, []).append(review)
        current = [
            pk for pk, reviews in found.items() if any(review.is_current for review in reviews)
        ]
        panel = Reviewer.objects.filter(Q(is_active=True) | Q(pk__in=current))
        return {reviewer: found.get(reviewer.pk, []) for reviewer in panel}

    def _line(self, reviewer, reviews, data, can_change):
        published = next((review for review in reviews if review.is_current), None)
        draft = next((review for review in reviews if not review.is_current), None)
        for review in reviews:
            review.reviewer = reviewer
        about = {"tool": self.tool, "reviewer": reviewer, "published": published, "draft": draft}
        look = LineForm(data, **about)
        form = None
        if can_change and reviewer.is_active and self.own in (None, reviewer):
            form = look if data is None or look.was_sent else LineForm(**about)
        is_hidden = not self.is_open and reviewer != self.own
        return Line(reviewer, published, draft, look, form, is_hidden)

    @property
    def bound_forms(self):
        return [line.form for line in self.lines if line.form and line.form.is_bound]

    @property
    def missing_reviewers(self):
        return [line.reviewer for line in self.lines if not line.published and not line.draft]

    def is_valid(self):
        # Every line is looked at, so that every line tells its errors.
        return not [form for form in self.bound_forms if not form.is_valid()]

    def save(self):
        """Keep the drafts; return what was done, a few words each."""
        done = []
        for form in self.bound_forms:
            if word := form.save_line():
                done.append(f"draft of {form.instance.reviewer} ({word})")
        return done

    def publish(self):
        """Publish every begun draft that the user was shown; return them.

        Raises ValidationError in the action's words, and publishes nothing, when one is incomplete.
        """
        visible = [line.reviewer for line in self.lines if not line.is_hidden]
        if unseen := [line for line in self.lines if not line.is_hidden and line.has_unseen_draft]:
            names = ", ".join(str(line.reviewer) for line in unseen)
            raise ValidationError(
                f"Not published. Somebody else saved the draft of {names} after you opened this page: "
                "read it first."
            )
        drafts = list(
            Review.objects.drafts()
            .filter(tool=self.tool, reviewer__in=visible, reviewer__is_active=True)
            .in_panel_order()
        )
        publish_reviews(tool=self.tool, reviews=drafts)
        return drafts
