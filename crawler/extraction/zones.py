"""The zone in which a page of an unknown site prints its times, guessed from its address. Sources declare theirs."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

# Country ending -> the zone most of its media print. Countries whose media print several are left out.
_ZONES = {
    "ae": "Asia/Dubai", "am": "Asia/Yerevan", "ar": "America/Argentina/Buenos_Aires", "at": "Europe/Vienna",
    "az": "Asia/Baku", "bd": "Asia/Dhaka", "be": "Europe/Brussels", "bg": "Europe/Sofia", "by": "Europe/Minsk",
    "ch": "Europe/Zurich", "cl": "America/Santiago", "cn": "Asia/Shanghai", "cz": "Europe/Prague",
    "de": "Europe/Berlin", "dk": "Europe/Copenhagen", "ee": "Europe/Tallinn", "es": "Europe/Madrid",
    "fi": "Europe/Helsinki", "fr": "Europe/Paris", "ge": "Asia/Tbilisi", "gr": "Europe/Athens",
    "hk": "Asia/Hong_Kong", "hr": "Europe/Zagreb", "hu": "Europe/Budapest", "ie": "Europe/Dublin",
    "il": "Asia/Jerusalem", "in": "Asia/Kolkata", "is": "Atlantic/Reykjavik", "it": "Europe/Rome", "jp": "Asia/Tokyo",
    "ke": "Africa/Nairobi", "kg": "Asia/Bishkek", "kr": "Asia/Seoul", "kz": "Asia/Almaty", "li": "Europe/Vaduz",
    "lt": "Europe/Vilnius", "lu": "Europe/Luxembourg", "lv": "Europe/Riga", "md": "Europe/Chisinau",
    "my": "Asia/Kuala_Lumpur", "na": "Africa/Windhoek", "ng": "Africa/Lagos", "nl": "Europe/Amsterdam",
    "no": "Europe/Oslo", "nz": "Pacific/Auckland", "ph": "Asia/Manila", "pk": "Asia/Karachi", "pl": "Europe/Warsaw",
    "pt": "Europe/Lisbon", "ro": "Europe/Bucharest", "rs": "Europe/Belgrade", "ru": "Europe/Moscow",
    "se": "Europe/Stockholm", "sg": "Asia/Singapore", "si": "Europe/Ljubljana", "sk": "Europe/Bratislava",
    "su": "Europe/Moscow", "th": "Asia/Bangkok", "tj": "Asia/Dushanbe", "tm": "Asia/Ashgabat",
    "tr": "Europe/Istanbul", "tw": "Asia/Taipei", "ua": "Europe/Kyiv", "uk": "Europe/London", "uz": "Asia/Tashkent",
    "vn": "Asia/Ho_Chi_Minh", "za": "Africa/Johannesburg",
}  # fmt: skip
# Where 3/4/2025 is the fourth of March: the month comes first in American English only.
_DAY_FIRST_ENDINGS = frozenset(("uk", "au", "nz", "ie", "in", "za", "sg", "my", "ng", "ke", "pk", "hk", "kz", "eu"))


@lru_cache(maxsize=512)
def guess_zone(url: str) -> tzinfo:
    """The zone of the country that an address ends in; UTC where that says nothing.

    >>> guess_zone("https://www.example.de/a").key
    'Europe/Berlin'
    """
    name = _ZONES.get(_ending(url))
    return ZoneInfo(name) if name else UTC


def days_come_first(url: str, language: str | None) -> bool:
    """Whether 3/4/2025 means the third of April on this page.

    >>> days_come_first("https://example.com/a", "en"), days_come_first("https://example.co.uk/a", "en")
    (False, True)
    """
    tag = (language or "").replace("_", "-").lower()
    if tag.startswith("en-"):
        return tag not in ("en-us", "en-ph")
    return tag != "en" or _ending(url) in _DAY_FIRST_ENDINGS


def _ending(url: str) -> str:
    return (urlsplit(url).hostname or "").rpartition(".")[2]
