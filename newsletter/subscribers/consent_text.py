"""The consent text of the sign-up form, and its version."""

from hashlib import sha256

SIGN_UP_TEXT = (
    "One email a week with new and changed verdicts, and the reasons. Nothing else. No tracking. "
    "Unsubscribe in one click."
)
# Stored with every consent. The history of this file shows the text of each version.
TEXT_VERSION = sha256(SIGN_UP_TEXT.encode()).hexdigest()[:12]
