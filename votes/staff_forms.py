from datetime import timedelta

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils import timezone

from tools.models import Tool
from votes.models import Intervention, Vote
from votes.networks import in_network, is_code


class WhyForm(forms.Form):
    """Why staff intervene, in words for readers."""

    reason = forms.CharField(
        max_length=Intervention._meta.get_field("reason").max_length,
        help_text="Readers see it in the tool's public audit, with your name.",
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "autocomplete": "off"}),
    )


class ChosenVotesForm(WhyForm):
    """An act on the votes as the page before showed them: what came or changed since is left out."""

    as_of = forms.DateTimeField(widget=forms.HiddenInput)

    @classmethod
    def blank(cls):
        return cls(initial={"as_of": timezone.now().isoformat()})

    def still_as_shown(self, votes):
        return votes.filter(changed_at__lte=self.cleaned_data["as_of"])


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self):
        super().__init__(attrs={"step": 1}, format="%Y-%m-%dT%H:%M:%S")


class ToolSelect(AutocompleteSelect):
    """Django's own, without its 500 when it is told a number that is none."""

    def optgroups(self, name, value, attrs=None):
        numbers = [pk for pk in value if pk.isdecimal() and len(pk) < 19]
        return super().optgroups(name, numbers, attrs)


class BurstForm(forms.Form):
    """A burst: the votes on one tool in a time window, perhaps of one network only."""

    tool = forms.ModelChoiceField(Tool.objects.all())
    since = forms.DateTimeField(widget=MomentInput, help_text="The first second of the burst.")
    until = forms.DateTimeField(widget=MomentInput, help_text="The first second after it.")
    network = forms.CharField(
        required=False,
        help_text="The short code of one network, from the list of votes. Empty for all.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        widget = ToolSelect(Vote._meta.get_field("tool"), admin.site)
        widget.choices = self.fields["tool"].choices
        self.fields["tool"].widget = widget
        now = timezone.now().replace(microsecond=0)
        self.initial = {"since": now - timedelta(hours=1), "until": now} | self.initial

    def clean_network(self):
        code = self.cleaned_data["network"].strip().lower()
        if code and not is_code(code):
            raise forms.ValidationError("A network's short code has 8 characters, 0-9 and a-f.")
        return code

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until > timezone.now():
            raise forms.ValidationError("This time has not come yet.")
        return until

    def clean(self):
        cleaned = super().clean()
        if "since" in cleaned and "until" in cleaned and cleaned["since"] >= cleaned["until"]:
            self.add_error("until", "A burst ends after it begins.")
        return cleaned

    def votes(self):
        """The votes of a valid form: cast or last changed in [since, until)."""
        asked = self.cleaned_data
        votes = Vote.objects.filter(
            tool=asked["tool"], changed_at__gte=asked["since"], changed_at__lt=asked["until"]
        )
        return in_network(votes, asked["network"]) if asked["network"] else votes
