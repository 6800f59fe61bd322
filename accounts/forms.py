from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import UsernameField

from accounts.models import User

MAX_LENGTH = User._meta.get_field("username").max_length


class SignInForm(AdminAuthenticationForm):
    """Refuses names longer than any account's: the sign-in log could not store them."""

    username = UsernameField(max_length=MAX_LENGTH)
