from django.http import Http404


def method(request, **kwargs):
    raise Http404("Not built yet.")
