"""A staff member's SVG as a picture of pixels. Whatever it holds, only pixels leave this module.

The file is parsed without a DTD and refused if it names anything but shapes, text-free groups, gradients,
masks and styles: what is left cannot refer to another file or address. A mask is drawn again for each element
that uses it, so all that is drawn is limited and no mask may use another.
"""

import re
from xml.etree import ElementTree
from xml.parsers import expat

import resvg_py
from django.core.exceptions import ValidationError

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "svg", "g", "defs", "title", "desc", "metadata", "style", "path", "rect", "circle", "ellipse", "line",
    "polyline", "polygon", "linearGradient", "radialGradient", "stop", "clipPath", "mask",
}  # fmt: skip
MOST_ELEMENTS = 2000
DEEPEST = 50
# A longer side than this many times the shorter one leaves nothing to see in a square.
MOST_STRETCHED = 20
MASKS = {f"{SVG}mask", f"{SVG}clipPath"}
# In a style. A backslash can hide a letter.
MASK_PROPERTY = re.compile(r"(?<![\w-])(?:mask(?!-type)|clip-path)(?!\w)|\\", re.IGNORECASE)
# url(…) may only name an element of the file itself.
OUTSIDE_URL = re.compile(r"url\(\s*['\"]?(?!\s*['\"]?#)", re.IGNORECASE)


def rendered_svg(content: bytes, size: int) -> bytes:
    """Return the picture as PNG, at most `size` pixels wide and high. Raises ValidationError."""
    _refuse_unsafe(_parsed(content))
    try:
        # Both sides are given, or the other would be as long as the file says.
        return resvg_py.svg_to_bytes(
            svg_string=content.decode(), width=size, height=size, skip_system_fonts=True
        )
    except ValueError as error:
        raise ValidationError("The SVG cannot be drawn. Export it again as plain SVG.") from error


def _parsed(content: bytes) -> ElementTree.Element:
    """Return the root element. A DTD is refused by the parser, before it can define anything."""
    parser = ElementTree.XMLParser(encoding="utf-8")  # noqa: S314 - a DTD is refused below
    try:
        content.decode()
        _refuse_declarations(content)
        root = ElementTree.fromstring(content, parser)  # noqa: S314 - no DTD, so no entities
    except (ElementTree.ParseError, expat.ExpatError, UnicodeDecodeError, ValueError) as error:
        raise ValidationError("The SVG is damaged: it is not XML in UTF-8.") from error
    if root.tag != f"{SVG}svg":
        raise ValidationError("The file is XML, but not an SVG picture.")
    return root


def _refuse_declarations(content: bytes) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(content, True)


def _refuse_doctype(*declaration: object) -> None:
    raise ValidationError("The SVG has a DOCTYPE. Export it as plain SVG, without one.")


def _refuse_unsafe(root: ElementTree.Element) -> None:
    todo, count = [(root, 1)], 0
    while todo:
        element, depth = todo.pop()
        count += 1
        if count > MOST_ELEMENTS or depth > DEEPEST:
            raise ValidationError(
                f"The SVG is too complex: at most {MOST_ELEMENTS} elements, {DEEPEST} deep."
            )
        _refuse_element(element)
        todo += [(child, depth + 1) for child in element]
    _refuse_many_masks(root)
    _refuse_stretched(root)


def _refuse_many_masks(root: ElementTree.Element) -> None:
    if any(MASK_PROPERTY.search(style.text or "") for style in root.iter(f"{SVG}style")):
        raise ValidationError(
            "The SVG sets a mask or clip path in <style>. Export it with attributes instead."
        )
    within_masks = [inner for mask in root.iter() if mask.tag in MASKS for inner in mask.iter()]
    if any(map(_mask_uses, within_masks)):
        raise ValidationError("The SVG has a mask within a mask. Convert it to plain paths.")
    drawn = sum(_mask_uses(element) * len(within_masks) for element in root.iter())
    if drawn > MOST_ELEMENTS:
        raise ValidationError("The SVG uses masks too often. Convert it to plain paths.")


def _mask_uses(element: ElementTree.Element) -> int:
    attributes = sum(name in ("mask", "clip-path") for name in element.attrib)
    return attributes + len(MASK_PROPERTY.findall(element.get("style", "")))


def _refuse_element(element: ElementTree.Element) -> None:
    # What drawing programs add in namespaces of their own is not drawn.
    if element.tag.startswith(SVG) and (name := element.tag.removeprefix(SVG)) not in ALLOWED:
        raise ValidationError(
            f"The SVG contains <{name[:40]}>, which is not allowed. Convert it to plain paths."
        )
    for name, value in element.attrib.items():
        local = name.rpartition("}")[2].lower()
        if local.startswith("on") or (local == "href" and not value.startswith("#")):
            raise ValidationError(
                f"The SVG has the attribute “{local[:40]}”, which is not allowed."
            )
    texts = [element.text or "", *element.attrib.values()]
    if any(OUTSIDE_URL.search(text) or "@import" in text.lower() for text in texts):
        raise ValidationError("The SVG refers to another file or address, which is not allowed.")


def _refuse_stretched(root: ElementTree.Element) -> None:
    numbers = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sides = numbers[2:] if len(numbers) == 4 else [root.get("width", ""), root.get("height", "")]
    try:
        width, height = (float(side.removesuffix("px")) for side in sides)
    except ValueError:
        raise ValidationError(
            "The SVG needs a viewBox, or a width and a height in pixels."
        ) from None
    if not 0 < min(width, height) <= max(width, height) <= MOST_STRETCHED * min(width, height):
        raise ValidationError(
            f"The SVG must not be empty, and one side at most {MOST_STRETCHED} times as long as the other."
        )
