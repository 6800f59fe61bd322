"""The pages of the steps of a review, and the page on which a reviewer writes their own."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.staff import staff_of
from reviews.admin.previews import preview_url, text_preview
from reviews.admin.review_steps import STEPS, Step, StepLink, step_links, url_name
from reviews.blind_review import blind_reviewer, reviewer_of, writes_own_reviews_only
from reviews.draft_actions import hand_in
from reviews.models import Review
from reviews.scorecard import Line, Scorecard
from tools.actions import lock_tools
from tools.models import Tool

PAGE = require_http_methods(["GET", "HEAD", "POST"])


class StepPagesMixin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                f"<int:review_id>/{name}/",
                self.admin_site.admin_view(PAGE(partial(self._step_view, name=name))),
                name=url_name(name),
            )
            for name in STEPS
        ]
        write = self.admin_site.admin_view(PAGE(self._write_view))
        return [
            *pages,
            path("write/<int:tool_id>/", write, name="reviews_review_write"),
            path(
                "text-preview/",
                self.admin_site.admin_view(text_preview),
                name="reviews_text_preview",
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        review = context["original"]
        context["steps"] = step_links(staff_of(request), review, is_edited=False)
        return super().render_change_form(request, context, *args, **kwargs)

    def _step_view(self, request: HttpRequest, review_id: int, name: str) -> HttpResponse:
        """GET says what the step does; POST does it, if the form and the state of the review allow it."""
        user = staff_of(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        reviews = self.get_queryset(request).select_related("tool", "reviewer")
        review = get_object_or_404(reviews, pk=review_id)
        step = STEPS[name]
        if not step.may(user, review):
            raise PermissionDenied
        form = step.form(
            request.POST if request.method == "POST" else None, initial=_initial(review)
        )
        is_sent = request.method == "POST" and form.is_valid()
        if is_sent and (done := self._run(request, step, review, form)):
            return done
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{step.title}: {review.reviewer} on {review.tool}",
            "step": step,
            "is_offered": step.is_offered(review),
            "review": review,
            "form": form,
            "back": page_of_review(user, review),
        }
        status = 422 if form.errors else 200
        template = "admin/reviews/review/step.html"
        return TemplateResponse(request, template, context, status=status)

    def _run(
        self, request: HttpRequest, step: Step, review: Review, form: Any
    ) -> HttpResponse | None:
        """Return the redirect after `step`; None, with the error in `form`, when it is refused."""
        user, back = staff_of(request), page_of_review(staff_of(request), review)
        try:
            done = step.run(user, review, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return None
        self.log_change(request, review.tool, f"{step.title}: review by {review.reviewer}.")
        messages.success(request, done)
        return HttpResponseRedirect(back)

    @method_decorator(transaction.atomic)
    def _write_view(self, request: HttpRequest, tool_id: int) -> HttpResponse:
        """The own review of a tool: GET shows it, POST stores the draft, and hands it in with that button."""
        user = staff_of(request)
        reviewer = reviewer_of(user)
        if not user.has_perm("reviews.write_own_review") or reviewer is None:
            raise PermissionDenied(
                "Your account is not tied to a reviewer. Ask an operator to do that."
            )
        tool = get_object_or_404(Tool, pk=tool_id)
        data = request.POST if request.method == "POST" else None
        if data is not None:
            lock_tools([tool.pk])
        scorecard = Scorecard(tool=tool, user=user, data=data)
        line = scorecard.line_of(reviewer.pk)
        if data is not None and line and line.form and line.form.is_valid():
            return self._store(request, line, tool)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Your review of {tool}",
            "tool": tool,
            "line": line,
            "reviewer": reviewer,
            "steps": _links_of(user, line),
            "can_see_others": blind_reviewer(user) is None or scorecard.is_open,
        }
        status = 422 if line and line.form and line.form.is_bound else 200
        template = "admin/reviews/review/write.html"
        return TemplateResponse(request, template, context, status=status)

    def _store(self, request: HttpRequest, line: Line, tool: Tool) -> HttpResponse:
        is_previewed = "_preview" in request.POST
        page = HttpResponseRedirect(
            preview_url(staff_of(request), tool) if is_previewed else write_url(tool)
        )
        change = line.form.save_line() if line.form else None
        if change:
            self.log_change(request, tool, f"Draft of {line.reviewer} ({change}).")
        if "_hand_in" not in request.POST:
            messages.success(request, "Draft saved." if change else "Nothing changed.")
            return page
        draft = Review.objects.drafts().filter(tool=tool, reviewer=line.reviewer).first()
        try:
            if draft is None:
                raise ValidationError("Not handed in: there is no draft.")
            hand_in(review=draft)
        except ValidationError as error:
            for problem in error.messages:
                messages.error(request, f"{problem} What you typed was saved.")
            return page
        self.log_change(request, tool, f"Handed in: review by {line.reviewer}.")
        messages.success(request, f"The review of {tool} is handed in. A publisher publishes it.")
        return page


def write_url(tool: Tool) -> str:
    return reverse("admin:reviews_review_write", args=[tool.pk])


def page_of_review(user: User, review: Review) -> str:
    """Return the address of the page where `user` sees the review in its scorecard."""
    if writes_own_reviews_only(user):
        return write_url(review.tool)
    page = reverse("admin:tools_tool_change", args=[review.tool_id])
    return f"{page}#line-{review.reviewer_id}"


def _initial(review: Review) -> dict[str, Any]:
    return {"body": review.body, "publish_on": review.publish_at}


def _links_of(user: User, line: Line | None) -> list[StepLink]:
    if line is None or line.draft is None:
        return []
    return step_links(user, line.draft, is_edited=line.form is not None)
