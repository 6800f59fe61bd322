from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

EDIT = "newsletter.change_issue"
SEND = "newsletter.send_issue"
VIEW_SUBSCRIBER = "newsletter.view_subscriber"
SUPPRESS = "newsletter.change_subscriber"


def require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
