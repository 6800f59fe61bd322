from django.http import HttpResponse


def clear_pages[Response: HttpResponse](response: Response) -> Response:
    """Let the browser of somebody who signs out forget the pages that it has, those behind its Back button too.

    Not its cookies and not its storage: they belong to the reader of the site as well (bookmarks, the tools to
    compare, the theme). The session's cookie is deleted by Django, and typed text by `admin-kept-text.js`.
    """
    response["Clear-Site-Data"] = '"cache"'
    return response
