from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import SignInEvent, User
from accounts.sign_in.limits import forget_attempts
from accounts.sign_in.log import record
from accounts.sign_in.second_factor import remove_second_factor


class Command(BaseCommand):
    help = (
        "Remove the second factor of a member of staff who lost the phone and the recovery codes, end their sessions, "
        "and let them try to sign in at once. Check by other means that the request really comes from them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **_options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"No account is called “{username}”.")
        forget_attempts(user)
        if remove_second_factor(user):
            record(SignInEvent.Kind.SECOND_FACTOR_RESET, user=user)
            self.stdout.write(f"Second factor of {user} removed. Their sessions have ended.")
        else:
            self.stdout.write(f"{user} has no second factor. Their sign-in limits are reset.")
