from django.http import Http404


def reviewer_list(request, **kwargs):
    raise Http404("Not built yet.")


def reviewer_detail(request, **kwargs):
    raise Http404("Not built yet.")
