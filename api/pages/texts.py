"""The words of a page in the reader's language; dates, numbers and plurals as CLDR has them.

One catalogue per language (``api/web/locales/``) serves pages and scripts alike: a key that starts
with ``js.`` travels to the browser, where ``Intl`` does what Babel does here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

LANGUAGES: Final = ("fr", "en")
"""The first one is what a reader gets who asks for neither."""
SCRIPT_PREFIX: Final = "js."
LOCALES_DIR: Final = Path(__file__).resolve().parents[1] / "web" / "locales"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_NO_BREAK: Final = "\u00a0"
_SIZES: Final = tuple(
    f"digital-{unit}" for unit in ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte")
)
_KILO: Final = 1024

Message = str | dict[str, str]
"""A sentence, or its forms by plural category, chosen by the parameter ``n``."""


class Texts:
    """One language: its messages, and how it writes days, times, numbers and lists."""

    def __init__(self, language: str, messages: Mapping[str, Message], zone: ZoneInfo) -> None:
        """Take the messages of one catalogue, and the time zone that days are told in."""
        self.language = language
        self._messages = messages
        self._zone = zone
        self._locale = Locale.parse(language)

    def __call__(self, key: str, **params: object) -> str:
        """Return a message with its ``{names}`` filled in; numbers as this language writes them.

        Raises:
            KeyError: If the catalogue has no such message: a mistake of ours.
        """
        message = self._messages[key]
        if isinstance(message, dict):
            message = message.get(self._plural(params.get("n")), message["other"])
        return _PLACEHOLDER.sub(lambda match: self._shown(params.get(match[1], "")), message)

    def has(self, key: str) -> bool:
        """Tell whether the catalogue has this message."""
        return key in self._messages

    def of_scripts(self, parts: Iterable[str]) -> dict[str, Message]:
        """Return what the scripts of a page say, by whole key: messages of these parts."""
        wanted = tuple(f"{SCRIPT_PREFIX}{part}." for part in parts)
        return {k: v for k, v in self._messages.items() if k.startswith(wanted)}

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number with at most so many decimals: ``1 234,5``."""
        return str(format_decimal(round(value, decimals), locale=self._locale))

    def day(self, moment: datetime | date) -> str:
        """Return a day: ``2 mars 2026``."""
        return str(format_date(self._local(moment), format="long", locale=self._locale))

    def short_day(self, moment: datetime | date) -> str:
        """Return a day in little room: ``2 mars 2026`` with the month shortened."""
        return str(format_date(self._local(moment), format="medium", locale=self._locale))

    def time_of_day(self, moment: datetime) -> str:
        """Return a time of day: ``14:05``."""
        return str(format_time(moment.astimezone(self._zone), format="short", locale=self._locale))

    def moment(self, moment: datetime) -> str:
        """Return a day with its time: ``2 mars 2026, 14:05``."""
        return f"{self.short_day(moment)}, {self.time_of_day(moment)}"

    def size(self, n_bytes: int) -> str:
        """Return the size of a file or disk in the unit that leaves few digits: ``2 Go``."""
        value, unit = float(n_bytes), 0
        while value >= _KILO and unit < len(_SIZES) - 1:
            value, unit = value / _KILO, unit + 1
        number = round(value, 1 if value < 10 else 0)  # noqa: PLR2004 - one digit and one more
        return str(format_unit(number, _SIZES[unit], length="short", locale=self._locale))

    def names(self, people: Iterable[str]) -> str:
        """Return names joined as this language joins them: ``Léa, Hugo et Sofia``."""
        return str(format_list(list(people), locale=self._locale))

    def few_names(self, people: Iterable[str], most: int) -> str:
        """Return names joined; of more than ``most``, the first ones and how many others."""
        names = list(people)
        if len(names) > most:
            names = [*names[: most - 1], self("people.more", n=len(names) - most + 1)]
        return self.names(names)

    def duration(self, time_ms: int) -> str:
        """Return a length for people: ``40 s``, ``12 min``, ``1 h 05``."""
        seconds = round(time_ms / 1000)
        if seconds < 60:  # noqa: PLR2004 - seconds of a minute
            return f"{seconds}{_NO_BREAK}s"
        hours, minutes = divmod(round(seconds / 60), 60)
        if not hours:
            return f"{minutes}{_NO_BREAK}min"
        return f"{hours}{_NO_BREAK}h{_NO_BREAK}{minutes:02}"

    def _plural(self, n: object) -> str:
        return str(self._locale.plural_form(n)) if isinstance(n, int | float) else "other"

    def _shown(self, value: object) -> str:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return self.number(value) if is_number else str(value)  # type: ignore[arg-type]

    def _local(self, moment: datetime | date) -> datetime | date:
        return moment.astimezone(self._zone) if isinstance(moment, datetime) else moment


def clock(time_ms: int) -> str:
    """Return a place in a recording: ``3:07``, ``1:02:45``."""
    minutes, seconds = divmod(max(0, time_ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@cache
def texts_of(language: str, time_zone: str) -> Texts:
    """Return the texts of a language; kept for the life of the process, as the files are."""
    messages = msgspec.json.decode(
        (LOCALES_DIR / f"{language}.json").read_bytes(), type=dict[str, Message]
    )
    return Texts(language, messages, ZoneInfo(time_zone))
