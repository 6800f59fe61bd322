from django.http import Http404


def compare(request, **kwargs):
    raise Http404("Not built yet.")


def comparison(request, **kwargs):
    raise Http404("Not built yet.")


def suggest_tools(request, **kwargs):
    raise Http404("Not built yet.")
