from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import SignInEvent, User
from accounts.sign_in.hashing import hashing_place
from accounts.sign_in.known_devices import known_device
from accounts.sign_in.limits import refuse_beyond_confirmations, refuse_beyond_limits
from accounts.sign_in.log import record, user_named
from web.client_address import client_address

MAX_LENGTH = User._meta.get_field("username").max_length
WRONG_CODE = "This code is wrong, expired or already used. Enter the code that your app shows now."


class SignInForm(AdminAuthenticationForm):
    """Refuses names longer than any account's, and attempts beyond the limits before it hashes a password."""

    username = UsernameField(
        max_length=MAX_LENGTH, widget=forms.TextInput(attrs={"autofocus": True})
    )
    request: HttpRequest
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": "Enter the username and password of a staff account. Both may be case-sensitive.",
    }

    def clean(self) -> dict[str, Any]:
        """Raise TooManyAttempts or HashingBusy where nothing was checked."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not (name and password):
            return super().clean()
        address = client_address(self.request)
        refuse_beyond_limits(name=name, address=address, device=known_device(self.request, name))
        try:
            with hashing_place():
                return super().clean()
        except ValidationError:
            record(SignInEvent.Kind.WRONG_PASSWORD, user=user_named(name), address=address)
            raise


def code_field(**attributes: Any) -> forms.CharField:
    widget = forms.TextInput(
        {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}
        | attributes
    )
    return forms.CharField(
        label="Code from your app, or a recovery code", max_length=40, widget=widget
    )


class CodeForm(forms.Form):
    """The second step of signing in."""

    code = code_field(autofocus=True)


class ConfirmForm(forms.Form):
    """Password and second factor, before the second factor is added or changed."""

    code = code_field()
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Check the password; raise TooManyAttempts or HashingBusy where nothing was checked."""
        if not self.errors:
            refuse_beyond_confirmations(self.user)
            with hashing_place():
                if not self.user.check_password(self.cleaned_data["password"]):
                    self.add_error("password", "This is not your password.")
        return self.cleaned_data


class AddSecondFactorForm(ConfirmForm):
    code = code_field(inputmode="numeric")
    code.label = "Code that the app shows"


class ChangePasswordForm(AdminPasswordChangeForm):
    user: User

    def clean_old_password(self) -> str:
        refuse_beyond_confirmations(self.user)
        with hashing_place():
            return str(super().clean_old_password())
