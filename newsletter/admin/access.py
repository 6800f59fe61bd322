from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User

EDIT = "newsletter.change_issue"
SEND = "newsletter.send_issue"
SUPPRESS = "newsletter.change_subscriber"


def require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def staff_of(request: HttpRequest) -> User:
    """Return the member of staff: the admin lets nobody else in."""
    return cast(User, request.user)
