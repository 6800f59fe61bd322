"""Reads a catalogue file from any source into a document that the schema allows."""

import json
from pathlib import Path
from typing import Any

from web import json_document
from web.json_document import BadDocument, parse

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "catalog.schema.json"


def read_document(path: str) -> dict[str, Any]:
    """Return the document in the file at `path`, as the schema describes it. Raises BadDocument."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadDocument([f"{path} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise BadDocument([f"{path} is not UTF-8: byte {error.start} is wrong."]) from error
    document = parse(text)
    if problems := form_problems(document):
        raise BadDocument(problems)
    return document


def form_problems(document: Any) -> list[str]:
    """Return sentences on what the schema does not allow, in the order of the file."""
    return json_document.schema_problems(document, json.loads(SCHEMA.read_text()))
