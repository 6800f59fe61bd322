from django.http import Http404


def tool_list(request, **kwargs):
    raise Http404("Not built yet.")


def tool_detail(request, **kwargs):
    raise Http404("Not built yet.")


def tool_preview(request, **kwargs):
    raise Http404("Not built yet.")
