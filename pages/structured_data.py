"""JSON-LD: what a page says, for machines. A data block, which no Content Security Policy runs or stops."""

import json

from django.utils.safestring import mark_safe

# What could end the script element or open another one.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def script_safe_json(data):
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))
