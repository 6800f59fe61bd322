from django.core.exceptions import PermissionDenied

INTERVENE = "votes.intervene"


class ReadOnlyMixin:
    """Rows that nobody adds, edits or deletes here. Only who may intervene can POST at all."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_intervene_permission(self, request):
        return request.user.has_perm(INTERVENE)

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and not self.has_intervene_permission(request):
            raise PermissionDenied
        may_intervene = {"may_intervene": self.has_intervene_permission(request)}
        return super().changelist_view(request, may_intervene)
