"""Logos: an uploaded picture is decoded and encoded again, so that nothing of the file itself is served."""

import hashlib
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps, UnidentifiedImageError

from tools.logo_image import SIZES, LogoImage
from tools.svg_logo import rendered_svg

MOST_BYTES = 1_000_000
# Of a side: 16 million pixels are decoded at most.
MOST_PIXELS = 4096


@dataclass(frozen=True)
class Logo:
    """The encoded images by size; `digest` is that of the largest."""

    digest: str
    images: Mapping[int, bytes]


def encode_logo(content: bytes) -> Logo:
    """Return the images of an uploaded PNG, WebP or SVG. Raises ValidationError with a sentence."""
    if not content:
        raise ValidationError("The file is empty.")
    if len(content) > MOST_BYTES:
        raise ValidationError("The file is larger than 1 MB. Use a smaller one.")
    largest = max(SIZES)
    is_svg = re.match(rb"(\xef\xbb\xbf)?\s*<", content)
    picture = _decoded(rendered_svg(content, largest) if is_svg else content)
    if picture.getbbox() is None:
        raise ValidationError("The picture is empty: every pixel is transparent.")
    images = {size: _encoded(picture, size) for size in SIZES}
    return Logo(digest_of(images[largest]), images)


def digest_of(largest: bytes) -> str:
    """Return the name of a logo: a digest of its largest image."""
    return hashlib.sha256(largest).hexdigest()[:32]


def store_logo(logo: Logo) -> None:
    """Store the images under the digest. Those that are there are stored as of now, so that they are kept."""
    rows = [LogoImage(digest=logo.digest, size=size, content=logo.images[size]) for size in SIZES]
    # One statement: it stores those again that are being deleted at this moment.
    LogoImage.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["digest", "size"],
        update_fields=["stored_at"],
    )


def _decoded(content: bytes) -> Image.Image:
    """Return the picture in RGBA. Its size is read and judged before any pixel is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(content), formats=["PNG", "WEBP"])
            _refuse(picture)
            picture.load()
            return ImageOps.exif_transpose(picture).convert("RGBA")
    except UnidentifiedImageError as error:
        raise ValidationError("Upload a PNG, WebP or SVG file.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(_too_large()) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ValidationError("The picture is damaged. Export it again.") from error


def _refuse(picture: Image.Image) -> None:
    if max(picture.size) > MOST_PIXELS:
        raise ValidationError(_too_large())
    if getattr(picture, "n_frames", 1) > 1:
        raise ValidationError("The picture is animated. Use a still one.")


def _too_large() -> str:
    return f"The picture has more than {MOST_PIXELS} pixels on a side. Use a smaller one."


def _encoded(picture: Image.Image, size: int) -> bytes:
    """Fit the picture into a square, with transparent edges, as lossless WebP without metadata."""
    square = Image.new("RGBA", (size, size))
    fitted = ImageOps.contain(picture, (size, size), Image.Resampling.LANCZOS)
    square.paste(fitted, ((size - fitted.width) // 2, (size - fitted.height) // 2))
    file = BytesIO()
    square.save(file, "WEBP", lossless=True, exact=True, method=6)
    return file.getvalue()
