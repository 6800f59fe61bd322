"""How the mail provider proves that a report of a bounce or a complaint is its own."""

from django.core.exceptions import ImproperlyConfigured

# Anymail's setting for the key that the provider signs with. "": it signs nothing, and has to log in.
SIGNED_BY = {
    "brevo": "",
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailjet": "",
    "mailtrap": "MAILTRAP_TRACKING_SECRET",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "postmark": "",
}


def webhook_settings(provider, *, signing_key, login, address):
    """The ANYMAIL setting for the `provider`; raises ImproperlyConfigured where nothing proves anything.

    `login` ("user:password") is asked of every provider when it is set; one that signs its reports needs
    its `signing_key`. `address` is ours: Mandrill signs it too.
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
            f"MAIL_PROVIDER={provider} signs nothing: it needs MAIL_WEBHOOK_LOGIN (user:password)."
        )
    if provider == "mandrill":
        settings["MANDRILL_WEBHOOK_URL"] = address
    return settings
