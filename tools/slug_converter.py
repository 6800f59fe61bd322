"""The URL path converter of slugs, `any_slug`. Importing this module registers it."""

from django.urls import register_converter

from tools.slugs import SLUG_MAX_LENGTH


class AnySlug:
    """Any text in place of a slug, in any script, so that the 404 page can quote it."""

    regex = rf"[^/]{{1,{SLUG_MAX_LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(AnySlug, "any_slug")
