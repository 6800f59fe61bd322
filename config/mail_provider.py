"""How reports of bounces and complaints from the mail provider are authenticated."""

from django.core.exceptions import ImproperlyConfigured

# Anymail's setting for the key that the provider signs with. "": it does not sign, and has to log in.
SIGNED_BY = {
    "brevo": "",
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailjet": "",
    "mailtrap": "MAILTRAP_TRACKING_SECRET",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "postmark": "",
}


def webhook_settings(
    provider: str, *, signing_key: str, login: str, address: str
) -> dict[str, str]:
    """Return the ANYMAIL setting for `provider`. Raises ImproperlyConfigured if it cannot be authenticated.

    A provider that signs its reports needs its `signing_key`, the others `login` ("user:password"), which is
    required of every provider if it is set. `address` is that of our endpoint: Mandrill signs it too.
    """
    if not provider:
        return {}
    settings = {"WEBHOOK_SECRET": login} if login else {}
    if signed_by := SIGNED_BY[provider]:
        if not signing_key:
            raise ImproperlyConfigured(f"MAIL_PROVIDER={provider} needs MAIL_WEBHOOK_SIGNING_KEY.")
        settings[signed_by] = signing_key
    elif ":" not in login:
        raise ImproperlyConfigured(
            f"MAIL_PROVIDER={provider} does not sign: it needs MAIL_WEBHOOK_LOGIN (user:password)."
        )
    if provider == "mandrill":
        settings["MANDRILL_WEBHOOK_URL"] = address
    return settings
