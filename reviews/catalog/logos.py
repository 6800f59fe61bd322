"""Logos in a catalogue file: base64 of the largest image out, any picture that staff could upload in."""

import base64
import binascii
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery

from tools.logo_image import SIZES, LogoImage
from tools.logos import digest_of, encode_logo, store_logo
from tools.models import Tool


def with_logo_content(tools: QuerySet[Tool]) -> QuerySet[Tool]:
    """Annotate `logo_content`, the largest image in WebP; None without a logo."""
    largest = LogoImage.objects.filter(digest=OuterRef("logo"), size=max(SIZES))
    return tools.annotate(logo_content=Subquery(largest.values("content")[:1]))


def exported_logo(tool: Any) -> dict[str, str]:
    """Return the key `logo` of a tool from `with_logo_content`, or nothing without one."""
    if not tool.logo_content:
        return {}
    return {"logo": base64.b64encode(tool.logo_content).decode()}


def import_logos(rows: list[dict[str, Any]]) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Store the logos of tools in a file.

    Returns {slug: {"logo": digest, "" for none}}, and sentences on those that cannot be read.
    """
    digests, problems = {}, []
    for row in rows:
        if "logo" in row:
            try:
                digests[row["slug"]] = {"logo": _stored(row["logo"]) if row["logo"] else ""}
            except (ValidationError, binascii.Error) as error:
                sentence = " ".join(getattr(error, "messages", ["It is not base64."]))
                problems.append(f'tools "{row["slug"]}": logo: {sentence}')
    return digests, problems


def _stored(encoded: str) -> str:
    """Return the digest of the logo. What an export holds is known by its digest, and not encoded again."""
    content = base64.b64decode(encoded, validate=True)
    digest = digest_of(content)
    if LogoImage.objects.filter(digest=digest).count() == len(SIZES):
        return digest
    logo = encode_logo(content)
    store_logo(logo)
    return logo.digest
