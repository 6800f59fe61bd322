"""The buttons of a tool's page that publish, besides Save."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from reviews.actions import publish_tool
from reviews.admin.tool_form import ToolPageForm
from reviews.draft_actions import hand_in
from reviews.models import Review
from reviews.scorecard import Line
from tools.actions import unpublish_tool
from web.row_ids import parse_row_id

# Button → the permission that it needs.
BUTTONS = {
    "_publish_reviews": "reviews.publish_review",
    "_publish_review": "reviews.publish_review",  # of the reviewer whose id is its value
    "_hand_in": "reviews.write_own_review",  # one's own
    "_publish_tool": "tools.publish_tool",
    "_schedule_tool": "tools.publish_tool",
    "_cancel_publication": "tools.publish_tool",
}


def press(button: str, form: ToolPageForm) -> str:
    """Do what `button` says with the saved tool of `form`, and return a sentence on what was done.

    Raises ValidationError, and publishes nothing, when something is incomplete.
    """
    match button:
        case "_publish_reviews":
            return _publish_reviews(form)
        case "_publish_review":
            return _publish_review(form)
        case "_hand_in":
            return _hand_in(form)
        case "_publish_tool":
            return _publish_tool(form)
        case "_schedule_tool":
            return _schedule_tool(form)
    return _cancel_publication(form)


def _publish_reviews(form: ToolPageForm) -> str:
    reviews = form.scorecard.publish() if form.scorecard else []
    names = ", ".join(str(review.reviewer) for review in reviews)
    return f"Published: {names}." if reviews else "There are no drafts to publish."


def _publish_review(form: ToolPageForm) -> str:
    line = _line(form, "_publish_review")
    reviews = form.scorecard.publish(line.reviewer.pk) if form.scorecard else []
    return f"Published: {line.reviewer}." if reviews else "There is no draft to publish."


def _hand_in(form: ToolPageForm) -> str:
    line = _line(form, "_hand_in")
    draft = Review.objects.drafts().filter(tool=form.instance, reviewer=line.reviewer).first()
    if draft is None or not line.is_own:
        raise ValidationError("Not handed in: you have no draft for this tool.")
    hand_in(review=draft)
    return (
        f"Handed in: {line.reviewer}. A publisher publishes it. You can now see the other reviews."
    )


def _line(form: ToolPageForm, button: str) -> Line:
    reviewer_id = parse_row_id(form.data[button])
    line = form.scorecard.line_of(reviewer_id) if form.scorecard else None
    if line is None:
        raise ValidationError("There is no such line in the scorecard.")
    return line


def _publish_tool(form: ToolPageForm) -> str:
    _cancel_schedule(form)
    publish_tool(tool=form.instance)
    return f"{form.instance} is now published."


def _schedule_tool(form: ToolPageForm) -> str:
    _cancel_schedule(form)
    publish_tool(tool=form.instance, at=form.schedule.at)
    at = timezone.localtime(form.schedule.at)
    return f"{form.instance} will be published on {at:%-d %B %Y, %H:%M %Z}."


def _cancel_publication(form: ToolPageForm) -> str:
    _cancel_schedule(form)
    return f"{form.instance} is not scheduled."


def _cancel_schedule(form: ToolPageForm) -> None:
    tool = form.instance
    if tool.published_at and not tool.is_published:
        unpublish_tool(tool=tool)
