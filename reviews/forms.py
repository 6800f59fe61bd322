from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from reviews.models import Review
from tools.fingerprint import fingerprint
from tools.forms import SAVED_MEANWHILE

OPINION = ["score", "verdict", "basis", "tested_version", "reviewed_on", "body"]


class LineForm(forms.ModelForm):
    """One reviewer's line of a scorecard. Shows the draft, else what is published, else nothing."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

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
        help_texts = {"reviewed_on": "Empty: the day it is published.", "reason": "", "body": ""}

    def __init__(self, *args, tool, reviewer, published, draft, **kwargs):
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
            self.fields[name].choices = [("", "—"), *self.fields[name].choices[1:]]
        if not published:
            del self.fields["reason"]
        self.names = [name for name in [*OPINION, "reason"] if name in self.fields]
        self.shown = fingerprint(
            [published and published.pk, draft and draft.pk]
            + [self.initial.get(name) for name in self.names]
        )
        self.fields["seen"].initial = f"{self._content(self.initial)}.{self.shown}"

    @property
    def was_sent(self):
        return any(self.add_prefix(name) in self.data for name in [*self.names, "seen"])

    @property
    def is_untouched(self):
        """Whether the line holds what the page showed."""
        return self.cleaned_data["seen"].split(".")[0] == self._content(self.cleaned_data)

    @property
    def is_stale(self):
        """Whether somebody else saved or published the line since the page was opened."""
        return self.data.get(self.add_prefix("seen"), "").split(".")[-1] != self.shown

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.is_untouched and self.is_stale:
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.fields["seen"].initial
            raise ValidationError([SAVED_MEANWHILE.format(what="this line"), self._now_stored()])
        return cleaned

    def save_line(self):
        """Keep what was typed as the draft; return "saved", "emptied" or None for no change.

        An emptied line, or one that says what is published, has no draft.
        """
        if self.is_untouched:
            return None
        if self.instance.is_empty or self._says_what_is_published():
            if self.draft:
                Review.objects.drafts().filter(pk=self.draft.pk).delete()
                return "emptied"
            return None
        self.save()
        return "saved"

    def _says_what_is_published(self):
        return self.published is not None and all(
            self.cleaned_data[name] == getattr(self.published, name)
            or (name == "reviewed_on" and not self.cleaned_data[name])
            for name in OPINION
        )

    def _now_stored(self):
        stored = self.draft or self.published
        if stored is None:
            return "The line is empty now."
        if self.draft is None:
            return f"It was published as {stored.summary}."
        score = "no score" if stored.score is None else f"{stored.score}/100"
        return f"The draft says {score} · {stored.verdict or 'no verdict'} now."

    def _content(self, values):
        return fingerprint([values.get(name) for name in self.names])


class ScheduleForm(forms.Form):
    """From when on readers shall see a tool, in the site's time zone."""

    publish_on = forms.DateTimeField(
        label="from",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_publish_on(self):
        at = self.cleaned_data["publish_on"]
        if at <= timezone.now():
            raise ValidationError("That time has passed.")
        return at

    @property
    def at(self):
        return self.cleaned_data["publish_on"]
