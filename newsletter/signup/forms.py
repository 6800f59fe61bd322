from django import forms

from newsletter.subscribers.addresses import clean_address

OUR_FORMS = {"footer", "page", "comparison"}


class AddressForm(forms.Form):
    """An email address as a stranger sends it, and which of our forms it was typed into."""

    email = forms.CharField(strip=False, error_messages={"required": "Enter your email address."})
    # A trap: no person sees this field, and no browser knows what to fill in.
    leave_empty = forms.CharField(required=False)

    def clean_email(self):
        return clean_address(self.cleaned_data["email"])

    @property
    def name(self):
        """Of the form, as consents tell it."""
        sent = self.data.get("place", "")
        return sent if sent in OUR_FORMS else "page"

    @property
    def typed(self):
        """What stands in the field when the form is shown again: not more than a field could hold."""
        return self.data.get("email", "")[:320].strip()

    @property
    def is_of_a_machine(self):
        return bool(self.cleaned_data["leave_empty"])
