from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from reviews.models import Review, Reviewer
from tools.models import Tool
from web.date_time_input import DateTimeLocalInput, time_zone_note
from web.optimistic_locking import TOKEN_FIELD, VersionedForm

OPINION = ["score", "verdict", "basis", "tested_version", "reviewed_on", "body"]


class LineForm(VersionedForm, forms.ModelForm):
    """One reviewer's line of a scorecard. Shows the draft, else what is published, else nothing."""

    conflict_subject = "This line"

    class Meta:
        model = Review
        fields = [*OPINION, "reason"]
        labels = {"reviewed_on": "date", "reason": "reason for the change"}
        widgets = {
            "score": forms.NumberInput(attrs={"min": 0, "max": 100, "placeholder": "0–100"}),
            "tested_version": forms.TextInput(attrs={"autocomplete": "off"}),
            "reviewed_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "body": forms.Textarea(attrs={"rows": 9}),
        }
        help_texts = {
            "reviewed_on": "Leave empty to use the day when it is handed in or published.",
            "reason": "",
            "body": "",
        }

    def __init__(
        self,
        *args: Any,
        tool: Tool,
        reviewer: Reviewer,
        published: Review | None,
        draft: Review | None,
        **kwargs: Any,
    ) -> None:
        self.published, self.draft = published, draft
        revision = published.revision + 1 if published else 1
        instance = draft or Review(tool=tool, reviewer=reviewer, revision=revision)
        initial = {}
        if published and not draft:
            # A new opinion has a new date, so that one is left empty.
            initial = {name: getattr(published, name) for name in OPINION} | {"reviewed_on": None}
        prefix = f"review-{reviewer.pk}"
        super().__init__(*args, instance=instance, initial=initial, prefix=prefix, **kwargs)
        for name in ("verdict", "basis"):
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [("", "—"), *list(cast(Iterable[Any], field.choices))[1:]]
        if not published:
            del self.fields["reason"]

    def stored_version(self) -> Iterable[Any]:
        return [self.published and self.published.pk, self.draft and self.draft.pk]

    def conflict_details(self) -> Iterable[str]:
        stored = self.draft or self.published
        if stored is None:
            yield "The line is empty now."
        elif self.draft is None:
            yield f"It was published as {stored.summary}."
        else:
            score = "no score" if stored.score is None else f"{stored.score}/100"
            yield f"The draft is now {score} · {stored.verdict or 'no verdict'}."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.draft and self.draft.is_locked and not self.errors and not self.is_unchanged:
            raise ValidationError(
                "This review was handed in or scheduled after you opened this page, so it cannot be edited. "
                "What you typed is still here."
            )
        return cleaned

    @property
    def was_typed(self) -> bool:
        """Whether the page showed the fields of the line."""
        return any(self.add_prefix(name) in self.data for name in OPINION)

    @property
    def was_sent(self) -> bool:
        names = [*self.versioned_fields(), TOKEN_FIELD]
        return any(self.add_prefix(name) in self.data for name in names)

    def save_line(self) -> Literal["saved", "emptied"] | None:
        """Store what was typed as the draft, and return what was done; None for no change.

        An emptied line, or one that equals what is published, has no draft.
        """
        if self.is_unchanged:
            return None
        if self.instance.is_empty or self._equals_what_is_published():
            if self.draft:
                Review.objects.drafts().filter(pk=self.draft.pk).delete()
                return "emptied"
            return None
        self.save()
        return "saved"

    def _equals_what_is_published(self) -> bool:
        return self.published is not None and all(
            self.cleaned_data[name] == getattr(self.published, name)
            or (name == "reviewed_on" and not self.cleaned_data[name])
            for name in OPINION
        )


class ScheduleForm(forms.Form):
    """The time of a publication, in the site's time zone."""

    publish_on = forms.DateTimeField(label="Publish on", widget=DateTimeLocalInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["publish_on"].help_text = time_zone_note()

    def clean_publish_on(self) -> datetime:
        at = self.cleaned_data["publish_on"]
        if at <= timezone.now():
            raise ValidationError("The time is in the past.")
        return at

    @property
    def at(self) -> datetime:
        return self.cleaned_data["publish_on"]


class WithdrawalForm(forms.Form):
    """Why a published tool is withdrawn."""

    withdrawal_reason = forms.CharField(
        label="Reason for withdrawing",
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": "Say why. Readers see the reason."},
    )


class HandBackForm(forms.Form):
    """Why a review that was handed in is handed back."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="The reviewer sees it.",
        error_messages={"required": "Say why. The reviewer sees the reason."},
    )


class ReviewCorrectionForm(forms.Form):
    """The corrected text of a published review."""

    body = forms.CharField(
        label="Review text",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField"}),
        help_text="Markdown. Readers can open the earlier text.",
    )
