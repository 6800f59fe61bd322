"""JSON in a data block of a page, which the Content Security Policy allows."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# Characters that could end the script element or open another one.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def script_safe_json(data: dict[str, Any]) -> SafeString:
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 - ESCAPES leaves no markup
