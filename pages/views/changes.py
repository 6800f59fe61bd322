from django.http import Http404


def changes(request, **kwargs):
    raise Http404("Not built yet.")
