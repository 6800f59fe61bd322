"""In which form a client gets a page: HTML or Markdown (RFC 9110 §12.5.1)."""

from django.http import HttpRequest

HTML, MARKDOWN = "text/html", "text/markdown"
SUFFIX = ".md"
LONGEST_HEADER = 400


def prefers_markdown(request: HttpRequest) -> bool:
    """Return whether a request for a page that has Markdown asks for that: by the address, or in its Accept header.

    Only a client that names the type gets it; "text/*" and "*/*" are HTML. deploy/nginx/http.conf decides by the
    same rule which requests may share a page.
    """
    if request.path.endswith(SUFFIX):
        return True
    accept: str = request.META.get("HTTP_ACCEPT", "")
    if MARKDOWN not in accept.lower() or len(accept) > LONGEST_HEADER:
        return False
    return request.get_preferred_type([HTML, MARKDOWN]) == MARKDOWN
