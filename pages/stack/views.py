from collections.abc import Sequence
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.visitors import Visitor
from accounts.write_limits import STACKS
from stack.manifests.reading import decoded, read_manifest
from stack.stack import build_stack
from votes.page_validators import SHARED_PAGE
from web.cross_origin import same_origin_posts
from web.json_document import BadDocument
from web.public_page import public_page

TOO_MUCH_PASTED = "This text is too long to paste. Choose it as a file instead."


@public_page(SHARED_PAGE)
def stack_form(request: HttpRequest) -> HttpResponse:
    """The form that takes a list of packages, with an example."""
    return _form(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_posts
def check_stack(request: HttpRequest) -> HttpResponse:
    """Answer with the tools of a stack. What was sent is not stored, and no cookie is set."""
    if request.method != "POST":
        return redirect("stack")
    Visitor(request).consume(STACKS)
    try:
        stack = build_stack(read_manifest(_given(request)))
    except RequestDataTooBig:  # raised when the form is first read
        return _form(request, [TOO_MUCH_PASTED])
    except BadDocument as bad:
        return _form(request, bad.problems, request.POST.get("text", ""))
    context = {"stack": stack, "holds_sample": stack.holds_sample}
    return render(request, "pages/stack/result.html", context)


def _given(request: HttpRequest) -> str:
    """Return the text of the file, or else the pasted text."""
    if file := request.FILES.get("file"):
        return decoded(file.read())
    return request.POST.get("text", "")


def _form(request: HttpRequest, problems: Sequence[str] = (), text: str = "") -> HttpResponse:
    context = {"problems": problems, "text": text}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return render(request, "pages/stack/form.html", context, status=status)
