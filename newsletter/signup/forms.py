from django import forms

from newsletter.subscribers.addresses import clean_address

OUR_FORMS = {"footer", "page", "comparison"}


class AddressForm(forms.Form):
    """An email address as it is sent, and which of our forms it was typed into."""

    email = forms.CharField(strip=False, error_messages={"required": "Enter your email address."})
    # A honeypot: hidden from people, and no browser fills it in.
    leave_empty = forms.CharField(required=False)

    def clean_email(self) -> str:
        return clean_address(self.cleaned_data["email"])

    @property
    def name(self) -> str:
        """The name of the form, as consents record it."""
        sent = self.data.get("place", "")
        return sent if sent in OUR_FORMS else "page"

    @property
    def typed(self) -> str:
        """What the field holds when the form is shown again: not more than a field could hold."""
        return self.data.get("email", "")[:320].strip()

    @property
    def is_filled_in_by_a_bot(self) -> bool:
        return bool(self.cleaned_data["leave_empty"])
