from functools import wraps

from django.views.decorators.cache import never_cache


def private_response(view):
    """Decorate a view of what is one reader's own: kept by no cache and no search engine.

    Its address may hold a secret, so it is no referer either, not even of our own pages. "strict-origin"
    and not "no-referrer", with which Chromium sends "Origin: null" and every form would be refused.
    """

    @never_cache
    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "strict-origin"
        return response

    return answer
