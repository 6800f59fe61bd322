from django import forms

from votes.models import Choice, Reason


class VoteForm(forms.Form):
    """A vote as a stranger sends it: ship or skip, and at most one reason of that side."""

    choice = forms.ChoiceField(choices=Choice, error_messages={"invalid_choice": "Ship or skip?"})
    reason = forms.SlugField(required=False, max_length=40)

    def clean(self):
        cleaned = super().clean()
        slug, choice = cleaned.get("reason"), cleaned.get("choice")
        if slug and choice:
            cleaned["reason"] = Reason.objects.filter(
                side=choice, slug=slug, is_active=True
            ).first()
            if cleaned["reason"] is None:
                self.add_error("reason", f"That is no reason to {choice}.")
        else:
            cleaned["reason"] = None
        return cleaned
