from django.http import Http404


def healthz(request, **kwargs):
    raise Http404("Not built yet.")
