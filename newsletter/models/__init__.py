from newsletter.models.delivery import Delivery
from newsletter.models.issue import Issue
from newsletter.models.sending_gate import SendingGate
from newsletter.models.signup import MailRequest
from newsletter.models.subscriber import Cadence, Consent, Subscriber
from newsletter.models.suppression import DoNotMail, ProviderEvent

__all__ = [
    "Cadence",
    "Consent",
    "Delivery",
    "DoNotMail",
    "Issue",
    "MailRequest",
    "ProviderEvent",
    "SendingGate",
    "Subscriber",
]
