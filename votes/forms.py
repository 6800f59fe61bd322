from typing import Any

from django import forms

from votes.models import Choice, Reason

CHOOSE = "Choose ship or skip."


class VoteForm(forms.Form):
    """A vote as it is sent: ship or skip, and at most one reason of that side."""

    choice = forms.ChoiceField(
        choices=Choice, error_messages={"required": CHOOSE, "invalid_choice": CHOOSE}
    )
    reason = forms.SlugField(
        required=False, max_length=40, error_messages={"invalid": "Choose a reason from the list."}
    )

    def clean(self) -> dict[str, Any]:
        """`reason` becomes the Reason, or None."""
        cleaned: dict[str, Any] = self.cleaned_data
        slug, choice = cleaned.get("reason"), cleaned.get("choice")
        cleaned["reason"] = None
        if slug and choice:
            offered = Reason.objects.filter(side=choice, is_active=True)
            cleaned["reason"] = offered.filter(slug=slug).first()
            if cleaned["reason"] is None:
                self.add_error("reason", f"Choose a reason to {choice} from the list.")
        return cleaned
