from django.core.exceptions import PermissionDenied

EDIT = "newsletter.change_issue"
SEND = "newsletter.send_issue"
SUPPRESS = "newsletter.change_subscriber"


def require(request, permission):
    if not request.user.has_perm(permission):
        raise PermissionDenied
