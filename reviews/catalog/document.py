"""Reading a catalogue file: bytes of anybody's making in, a document of the right form out."""

import json
from pathlib import Path

import jsonschema_rs

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "catalog.schema.json"


class BadCatalog(Exception):
    """A file that cannot be imported; `problems` says what is wrong and where, a sentence each."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = problems


def read_document(path):
    """The document in the file at `path`, of the form that the schema says. Raises BadCatalog."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadCatalog([f"{path} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise BadCatalog([f"{path} is not UTF-8: byte {error.start} is wrong."]) from error
    document = parse(text)
    if problems := form_problems(document):
        raise BadCatalog(problems)
    return document


def parse(text):
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse)
        json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadCatalog([f"Not JSON: {error.msg} at {place}."]) from error
    except UnicodeEncodeError as error:
        raise BadCatalog(
            ["Half a character (a lone surrogate \\ud800-\\udfff) in a text."]
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadCatalog([f"Not JSON that can be read: {error}."]) from error
    if "\\u0000" in text and "\0" in "".join(_strings(document)):
        raise BadCatalog(["A NUL character (\\u0000) in a text: the database cannot store it."])
    return document


def form_problems(document):
    """Sentences on what the schema does not allow, in the order of the file."""
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()), validate_formats=True)
    try:
        found = list(validator.iter_errors(document))
    except ValueError as error:
        raise BadCatalog([f"Not a catalogue: {error}."]) from error
    found.sort(key=lambda error: _sortable(error.instance_path))
    return [
        f"{place(document, error.instance_path)}: {_shortened(error.message)}." for error in found
    ]


def place(document, path):
    """Where in the document, for people: `tools[3] "acme": reviews[1].score`."""
    words, value = "", document
    for step in path:
        value = value[step]
        words += f"[{step}]" if isinstance(step, int) else f".{step}"
        if isinstance(step, int) and isinstance(value, dict) and isinstance(value.get("slug"), str):
            words += f' "{value["slug"]}":'
    return words.replace(":.", ": ").lstrip(".").removesuffix(":") or "the file"


def _without_repeats(pairs):
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'the key "{repeated}" stands twice in one object')
    return row


def _refuse(constant):
    raise ValueError(f"{constant} is no JSON number")


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _sortable(path):
    return [
        (isinstance(step, str), step if isinstance(step, int) else 0, str(step)) for step in path
    ]


def _shortened(message, most=200):
    return message if len(message) <= most else message[:most] + "…"
