from django.core.exceptions import PermissionDenied

EDIT = "newsletter.change_issue"
SEND = "newsletter.send_issue"
SUPPRESS = "newsletter.change_subscriber"


class ReadOnlyMixin:
    """Rows that nobody adds, edits or deletes by a form."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def require(request, permission):
    if not request.user.has_perm(permission):
        raise PermissionDenied
