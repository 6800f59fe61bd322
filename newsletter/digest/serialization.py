"""Convert frozen dataclasses to JSON and back without loss."""

from dataclasses import fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints


def to_json(value: Any) -> Any:
    """Return a value that `json.dumps` accepts. Times become ISO 8601 text."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_json(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def from_json(kind: Any, stored: Any) -> Any:
    """Return the value of type `kind`: a dataclass, tuple[X, ...], X | None, datetime or a JSON type."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind)]
        return cast(Any, kind)(**{name: from_json(hints[name], stored[name]) for name in names})
    if get_origin(kind) is tuple:
        return tuple(from_json(get_args(kind)[0], each) for each in stored)
    if isinstance(kind, UnionType):
        (kind,) = (each for each in get_args(kind) if each is not NoneType)
        return None if stored is None else from_json(kind, stored)
    return datetime.fromisoformat(stored) if kind is datetime else stored
