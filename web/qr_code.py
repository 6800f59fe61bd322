import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(text: str, title: str) -> SafeString:
    """Return `text` as a QR code: inline SVG, dark on white with its quiet zone, also in dark mode.

    Geometry and colours are attributes, since the security policy allows no inline style.
    """
    code = segno.make(text, error="m", micro=False)
    return mark_safe(  # noqa: S308 - segno escapes the title
        code.svg_inline(
            scale=6, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, title=title
        )
    )
