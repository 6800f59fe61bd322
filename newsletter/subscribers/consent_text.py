"""What somebody agrees to when they sign up: the sentence that the form shows, and its version."""

from hashlib import sha256

SIGN_UP_TEXT = (
    "One mail a week with what changed: new and changed verdicts, and why. Nothing else, no tracking, "
    "and one click to leave."
)
# Kept with every consent: the sentence of a version is found in the history of this file.
TEXT_VERSION = sha256(SIGN_UP_TEXT.encode()).hexdigest()[:12]
