"""Reading a catalogue file: bytes of anybody's making in, a document of the right form out."""

import json
from pathlib import Path

from web import json_document
from web.json_document import BadDocument, parse

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "catalog.schema.json"


def read_document(path):
    """The document in the file at `path`, of the form that the schema says. Raises BadDocument."""
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


def form_problems(document):
    """Sentences on what the schema does not allow, in the order of the file."""
    return json_document.schema_problems(document, json.loads(SCHEMA.read_text()))
