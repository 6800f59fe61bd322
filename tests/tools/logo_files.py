"""Pictures as bytes: good ones and hostile ones."""

import struct
import zlib
from io import BytesIO

from PIL import Image


def png(size=(40, 20), color="red", **options):
    return picture("PNG", size, color, **options)


def picture(kind, size=(40, 20), color="red", **options):
    file = BytesIO()
    Image.new("RGBA", size, color).save(file, kind, **options)
    return file.getvalue()


def animated_webp():
    frames = [Image.new("RGBA", (20, 20), color) for color in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue()


def huge_png(width=30_000, height=30_000):
    """A header that promises 900 million pixels, and hardly any data."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in chunks)


def svg(
    inside='<path d="M0 0h20v10H0z" fill="#00f"/>', attributes='viewBox="0 0 20 10"', before=""
):
    text = f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'
    return text.encode()
