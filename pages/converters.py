"""What may stand in an address. Anything else is a clean 404 before a view or the database sees it."""

from django.urls import register_converter

from tools.slugs import SLUG_MAX_LENGTH


class AnySlug:
    """What a reader wrote where a slug belongs: any script, so that the 404 page can name it."""

    regex = rf"[^/]{{1,{SLUG_MAX_LENGTH}}}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(AnySlug, "any_slug")
