"""Every text of a result, wherever it stands. Floor 3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from hashkit.audit import words

T = TypeVar("T")

_MOST = 1_000_000  # characters; nothing honest is that long


def every_text(value: T, change: Callable[[str], str]) -> T:
    """The same frozen tree with every text in it changed, the keys of mappings too."""
    made: Any
    if isinstance(value, str):
        made = change(value)
    elif isinstance(value, tuple):
        made = tuple(every_text(item, change) for item in value)
    elif isinstance(value, Mapping):
        made = {every_text(k, change): every_text(v, change) for k, v in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{f.name: every_text(getattr(value, f.name), change) for f in fields(value) if f.init})
    else:
        made = value
    return made  # type: ignore[no-any-return]


def harmless(text: str) -> str:
    """Without control and direction characters and half characters: it can be written and looked at anywhere."""
    return text if text.isprintable() else words.clean(text, _MOST)
