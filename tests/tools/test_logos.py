import gzip
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from tests.factories import make_tool
from tests.tools.logo_files import animated_webp, huge_png, picture, png, svg
from tests.waiting import start_until_it_waits
from tools.logo_image import SIZES, LogoImage
from tools.logos import encode_logo, store_logo
from web.retention.purge import purge_expired

XINCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
LAUGHS = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
DAMAGED = "The picture is damaged. Export it again."
NOT_XML = "The SVG is damaged: it is not XML in UTF-8."
OUTSIDE = "The SVG refers to another file or address, which is not allowed."

IN_A_MASK = "The SVG has a mask within a mask. Convert it to plain paths."

HOSTILE = {
    "empty": (b"", "The file is empty."),
    "text": (b"hello", "Upload a PNG, WebP or SVG file."),
    "gif": (picture("GIF"), "Upload a PNG, WebP or SVG file."),
    "gzipped svg": (gzip.compress(svg()), "Upload a PNG, WebP or SVG file."),
    "cut off": (png((400, 400), "red")[:200], DAMAGED),
    "too many bytes": (
        png() + b"\0" * 1_000_000,
        "The file is larger than 1 MB. Use a smaller one.",
    ),
    "decompression bomb": (
        huge_png(),
        "The picture has more than 4096 pixels on a side. Use a smaller one.",
    ),
    "long": (png((4097, 1)), "The picture has more than 4096 pixels on a side. Use a smaller one."),
    "animated": (animated_webp(), "The picture is animated. Use a still one."),
    "transparent": (png(color=(0, 0, 0, 0)), "The picture is empty: every pixel is transparent."),
    "html": (b"<html><script>alert(1)</script></html>", "The file is XML, but not an SVG picture."),
    "half an svg": (svg()[:60], NOT_XML),
    "utf-16": (svg().decode().encode("utf-16"), "Upload a PNG, WebP or SVG file."),
    "latin-1": (svg("<title>\xe9</title>").decode().encode("latin-1"), NOT_XML),
    "nul": (svg("\0"), NOT_XML),
    "entities": (
        svg("&b;", before=LAUGHS),
        "The SVG has a DOCTYPE. Export it as plain SVG, without one.",
    ),
    "script": (
        svg("<script>alert(1)</script>"),
        "The SVG contains <script>, which is not allowed. Convert it to plain paths.",
    ),
    "foreign object": (
        svg("<foreignObject/>"),
        "The SVG contains <foreignObject>, which is not allowed. Convert it to plain paths.",
    ),
    "local file": (
        svg('<image href="/etc/passwd"/>'),
        "The SVG contains <image>, which is not allowed. Convert it to plain paths.",
    ),
    "nested use": (
        svg('<use href="#a"/>'),
        "The SVG contains <use>, which is not allowed. Convert it to plain paths.",
    ),
    "handler": (
        svg('<path onload="x"/>'),
        "The SVG has the attribute “onload”, which is not allowed.",
    ),
    "foreign href": (
        svg(
            '<linearGradient xmlns:x="http://www.w3.org/1999/xlink" x:href="http://evil.example/"/>'
        ),
        "The SVG has the attribute “href”, which is not allowed.",
    ),
    "include": (svg(XINCLUDE), "The SVG has the attribute “href”, which is not allowed."),
    "masks within masks": (
        svg(
            '<mask id="a"><path mask="url(#b)"/><path mask="url(#b)"/></mask><mask id="b"><path/></mask>'
        ),
        IN_A_MASK,
    ),
    "clip paths within clip paths": (svg('<clipPath id="a" clip-path="url(#b)"/>'), IN_A_MASK),
    "mask by style attribute": (
        svg('<mask id="a"><path style="fill:red;mask : url(#b)"/></mask>'),
        IN_A_MASK,
    ),
    "mask by style element": (
        svg("<style>path{clip-path:url(#a)}</style>"),
        "The SVG sets a mask or clip path in <style>. Export it with attributes instead.",
    ),
    "many masks": (
        svg('<mask id="a">' + "<path/>" * 100 + "</mask>" + '<path mask="url(#a)"/>' * 20),
        "The SVG uses masks too often. Convert it to plain paths.",
    ),
    "style import": (svg("<style>@import 'http://evil.example/'</style>"), OUTSIDE),
    "style url": (svg('<path fill="url( http://evil.example/#a)"/>'), OUTSIDE),
    "too deep": (
        svg("<g>" * 60 + "</g>" * 60),
        "The SVG is too complex: at most 2000 elements, 50 deep.",
    ),
    "too many": (svg("<g/>" * 2001), "The SVG is too complex: at most 2000 elements, 50 deep."),
    "a line": (
        svg(attributes='viewBox="0 0 1 1000000"'),
        "The SVG must not be empty, and one side at most 20 times as long as the other.",
    ),
    "no size": (
        svg(attributes=""),
        "The SVG needs a viewBox, or a width and a height in pixels.",
    ),
    "nothing": (
        svg(attributes='viewBox="0 0 0 10"'),
        "The SVG must not be empty, and one side at most 20 times as long as the other.",
    ),
    "nan": (
        svg(attributes='viewBox="0 0 nan 10"'),
        "The SVG must not be empty, and one side at most 20 times as long as the other.",
    ),
    "nothing drawn": (svg(""), "The picture is empty: every pixel is transparent."),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_logo_is_refused_with_a_sentence(name):
    content, sentence = HOSTILE[name]

    with pytest.raises(ValidationError) as refused:
        encode_logo(content)

    assert refused.value.messages == [sentence]


@pytest.mark.parametrize(
    "content",
    [
        png(),
        picture("WEBP", lossless=True),
        svg('<path d="M0 0h20v10H0z" fill="#f00"/>'),
        svg('<style>.a{fill:url(#g)}</style><linearGradient id="g"><stop stop-color="#f00"/>'
            '</linearGradient><path class="a" d="M0 0h20v10H0z"/>'),
        svg('<mask id="m" style="mask-type:alpha"><path d="M0 0h20v10H0z"/></mask>'
            '<path mask="url(#m)" d="M0 0h20v10H0z" fill="red"/>'),
        b"\xef\xbb\xbf" + svg('<rect width="20" height="10" fill="red"/>', before="<?xml version='1.0'?>"),
    ],
)  # fmt: skip
def test_a_picture_is_fitted_into_squares_with_transparent_edges(content):
    logo = encode_logo(content)

    for size in SIZES:
        image = Image.open(BytesIO(logo.images[size]))
        assert (image.format, image.size, image.mode) == ("WEBP", (size, size), "RGBA")
        assert image.getpixel((size // 2, size // 2)) == (255, 0, 0, 255)
        assert image.getpixel((size // 2, 2))[3] == 0


def test_nothing_of_the_file_but_its_pixels_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    logo = encode_logo(png(exif=exif) + b"<script>alert(1)</script>")

    assert logo.digest == encode_logo(png()).digest
    assert all(b"secret" not in image and b"script" not in image for image in logo.images.values())


def test_an_encoded_logo_encodes_to_itself():
    logo = encode_logo(png((300, 100), (10, 200, 30, 90)))

    assert encode_logo(logo.images[max(SIZES)]).images[max(SIZES)] == logo.images[max(SIZES)]


@pytest.mark.django_db
def test_the_same_logo_is_stored_once_and_served_for_good(client):
    logo = encode_logo(png())
    store_logo(logo)
    store_logo(logo)
    make_tool(slug="tool", logo=logo.digest)

    image = client.get(f"/logos/{logo.digest}-96.webp")

    assert LogoImage.objects.count() == 2
    assert (image.content, image["Content-Type"]) == (logo.images[96], "image/webp")
    assert image["Cache-Control"] == "public, max-age=31536000, immutable"
    assert image["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in image
    assert f'src="/logos/{logo.digest}-96.webp"' in client.get("/tools/tool/").text


@pytest.mark.django_db(transaction=True)
def test_a_logo_that_is_stored_while_it_is_deleted_is_there():
    logo = encode_logo(png())
    store_logo(logo)

    with transaction.atomic():
        list(LogoImage.objects.select_for_update())
        stored = start_until_it_waits(lambda: store_logo(logo))
        LogoImage.objects.all().delete()

    assert stored.result() is None
    assert LogoImage.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["x-96.webp", "x-97.webp", f"x-{'9' * 30}.webp", "%00-96.webp"])
def test_an_unknown_image_is_not_found(client, name):
    assert client.get(f"/logos/{name}").status_code in (400, 404)


@pytest.mark.django_db
def test_a_tool_without_a_logo_shows_its_initials(client):
    make_tool(slug="tool", name="Ada Writes")

    text = client.get("/tools/tool/").text

    assert '<span class="monogram monogram--large" aria-hidden="true">AW</span>' in text
    assert "/logos/" not in text


@pytest.mark.django_db
def test_images_without_a_tool_are_deleted_after_a_month():
    used, unused, fresh = (encode_logo(png(color=color)) for color in ("red", "blue", "lime"))
    for logo in (used, unused, fresh):
        store_logo(logo)
    make_tool(logo=used.digest)
    old = LogoImage.objects.exclude(digest=fresh.digest)
    old.update(stored_at=timezone.now() - timedelta(days=31))

    purge_expired()

    assert set(LogoImage.objects.values_list("digest", flat=True)) == {used.digest, fresh.digest}


@pytest.mark.django_db
@pytest.mark.parametrize("size", [95, 96])
def test_the_database_holds_one_image_of_each_known_size(size):
    LogoImage.objects.create(digest="a", size=96, content=b"x")

    with pytest.raises(IntegrityError):
        LogoImage.objects.create(digest="a", size=size, content=b"x")
