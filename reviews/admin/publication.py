"""The buttons of a tool's page that publish, besides Save."""

from django.utils import timezone

from reviews.actions import publish_tool
from reviews.admin.tool_form import ToolPageForm
from tools.actions import unpublish_tool

# Button → the permission that it needs.
BUTTONS = {
    "_publish_reviews": "reviews.publish_review",
    "_publish_tool": "tools.publish_tool",
    "_schedule_tool": "tools.publish_tool",
    "_unpublish_tool": "tools.publish_tool",
}


def press(button: str, form: ToolPageForm) -> str:
    """Do what `button` says with the saved tool of `form`, and return a sentence on what was done.

    Raises ValidationError, and publishes nothing, when something is incomplete.
    """
    match button:
        case "_publish_reviews":
            return _publish_reviews(form)
        case "_publish_tool":
            return _publish_tool(form)
        case "_schedule_tool":
            return _schedule_tool(form)
    return _unpublish_tool(form)


def _publish_reviews(form: ToolPageForm) -> str:
    reviews = form.scorecard.publish() if form.scorecard else []
    names = ", ".join(str(review.reviewer) for review in reviews)
    return f"Published: {names}." if reviews else "There are no drafts to publish."


def _publish_tool(form: ToolPageForm) -> str:
    _cancel_schedule(form)
    publish_tool(tool=form.instance)
    return f"{form.instance} is now published."


def _schedule_tool(form: ToolPageForm) -> str:
    _cancel_schedule(form)
    publish_tool(tool=form.instance, at=form.schedule.at)
    at = timezone.localtime(form.schedule.at)
    return f"{form.instance} will be published on {at:%-d %B %Y, %H:%M %Z}."


def _unpublish_tool(form: ToolPageForm) -> str:
    tool = form.instance
    if not form.withdrawal.is_bound:
        unpublish_tool(tool=tool)
        return f"{tool} is no longer scheduled."
    unpublish_tool(tool=tool, reason=form.withdrawal.cleaned_data["withdrawal_reason"])
    return f"{tool} is withdrawn. Its page says when and why."


def _cancel_schedule(form: ToolPageForm) -> None:
    tool = form.instance
    if tool.published_at and not tool.is_published:
        unpublish_tool(tool=tool)
