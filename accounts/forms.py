from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import UsernameField

from accounts.models import User

MAX_LENGTH = User._meta.get_field("username").max_length


class SignInForm(AdminAuthenticationForm):
    """Refuses a name that nobody can have, which the record of failed attempts could not hold."""

    username = UsernameField(max_length=MAX_LENGTH)
