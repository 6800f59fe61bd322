from typing import Any

from accounts.models import User
from reviews.forms import ScheduleForm
from reviews.scorecard import Scorecard
from tools.forms import ToolForm
from tools.ledger_state import State


class ToolPageForm(ToolForm):
    """The whole page of a tool: its fields, its scorecard, and the time of its publication."""

    user: User  # set by the admin, on the class that it makes for a request
    can_review = False
    scorecard: Scorecard | None = None  # of a stored tool
    before: State  # of a stored tool, before anything is saved
    done: list[str]  # what was done besides saving the fields, for the history

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.done = []
        data = self.data if self.is_bound else None
        self.schedule = ScheduleForm(data if data and "_schedule_tool" in data else None)
        if self.instance.pk:
            self.scorecard = Scorecard(
                tool=self.instance, user=self.user, data=data, can_change=self.can_review
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.scorecard and not self.scorecard.is_valid():
            names = ", ".join(str(reviewer) for reviewer in self.scorecard.invalid_reviewers)
            self.add_error(
                None, f"Nothing was saved. Correct the errors in the scorecard: {names}."
            )
        if self.schedule.is_bound and not self.schedule.is_valid():
            self.add_error(None, "Nothing was saved. Correct the time of publication.")
        return cleaned
