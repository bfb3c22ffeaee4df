"""The zone in which a page of an unknown site prints its times, guessed from its address and language. Sources declare
theirs."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

# Country ending -> the zone most of its media print: in Brazil, Mexico and Indonesia that of the capital. Countries
# whose media print several are left out; so are endings that are sold to all the world (.co, .me, .tv).
_ZONES = {
    "ae": "Asia/Dubai", "af": "Asia/Kabul", "al": "Europe/Tirane", "am": "Asia/Yerevan",
    "ar": "America/Argentina/Buenos_Aires", "at": "Europe/Vienna", "az": "Asia/Baku", "ba": "Europe/Sarajevo",
    "bd": "Asia/Dhaka", "be": "Europe/Brussels", "bg": "Europe/Sofia", "bh": "Asia/Bahrain", "bo": "America/La_Paz",
    "br": "America/Sao_Paulo", "by": "Europe/Minsk", "ch": "Europe/Zurich", "cl": "America/Santiago",
    "cn": "Asia/Shanghai", "cr": "America/Costa_Rica", "cu": "America/Havana", "cy": "Asia/Nicosia",
    "cz": "Europe/Prague", "de": "Europe/Berlin", "dk": "Europe/Copenhagen", "do": "America/Santo_Domingo",
    "dz": "Africa/Algiers", "ec": "America/Guayaquil", "ee": "Europe/Tallinn", "eg": "Africa/Cairo",
    "es": "Europe/Madrid", "et": "Africa/Addis_Ababa", "fi": "Europe/Helsinki", "fr": "Europe/Paris",
    "ge": "Asia/Tbilisi", "gh": "Africa/Accra", "gr": "Europe/Athens", "gt": "America/Guatemala",
    "hk": "Asia/Hong_Kong", "hr": "Europe/Zagreb", "hu": "Europe/Budapest", "id": "Asia/Jakarta", "ie": "Europe/Dublin",
    "il": "Asia/Jerusalem", "in": "Asia/Kolkata", "iq": "Asia/Baghdad", "ir": "Asia/Tehran", "is": "Atlantic/Reykjavik",
    "it": "Europe/Rome", "jo": "Asia/Amman", "jp": "Asia/Tokyo", "ke": "Africa/Nairobi", "kg": "Asia/Bishkek",
    "kh": "Asia/Phnom_Penh", "kr": "Asia/Seoul", "kw": "Asia/Kuwait", "kz": "Asia/Almaty", "lb": "Asia/Beirut",
    "li": "Europe/Vaduz", "lk": "Asia/Colombo", "lt": "Europe/Vilnius", "lu": "Europe/Luxembourg", "lv": "Europe/Riga",
    "ma": "Africa/Casablanca", "md": "Europe/Chisinau", "mk": "Europe/Skopje", "mm": "Asia/Yangon",
    "mn": "Asia/Ulaanbaatar", "mt": "Europe/Malta", "mx": "America/Mexico_City", "my": "Asia/Kuala_Lumpur",
    "na": "Africa/Windhoek", "ng": "Africa/Lagos", "nl": "Europe/Amsterdam", "no": "Europe/Oslo",
    "np": "Asia/Kathmandu", "nz": "Pacific/Auckland", "om": "Asia/Muscat", "pa": "America/Panama", "pe": "America/Lima",
    "ph": "Asia/Manila", "pk": "Asia/Karachi", "pl": "Europe/Warsaw", "pt": "Europe/Lisbon", "py": "America/Asuncion",
    "qa": "Asia/Qatar", "ro": "Europe/Bucharest", "rs": "Europe/Belgrade", "ru": "Europe/Moscow", "sa": "Asia/Riyadh",
    "se": "Europe/Stockholm", "sg": "Asia/Singapore", "si": "Europe/Ljubljana", "sk": "Europe/Bratislava",
    "su": "Europe/Moscow", "sv": "America/El_Salvador", "sy": "Asia/Damascus", "th": "Asia/Bangkok",
    "tj": "Asia/Dushanbe", "tm": "Asia/Ashgabat", "tn": "Africa/Tunis", "tr": "Europe/Istanbul", "tw": "Asia/Taipei",
    "ua": "Europe/Kyiv", "uk": "Europe/London", "uy": "America/Montevideo", "uz": "Asia/Tashkent",
    "ve": "America/Caracas", "vn": "Asia/Ho_Chi_Minh", "xn--80ao21a": "Asia/Almaty", "xn--90ais": "Europe/Minsk",
    "xn--j1amh": "Europe/Kyiv", "xn--p1ai": "Europe/Moscow", "za": "Africa/Johannesburg",
}  # fmt: skip
# The same for languages that have one country, or neighbours in one zone; asked where the address says nothing.
_ENDINGS_OF_LANGUAGES = {
    "az": "az", "be": "by", "bg": "bg", "cs": "cz", "da": "dk", "de": "de", "el": "gr", "et": "ee", "fi": "fi",
    "he": "il", "hr": "hr", "hu": "hu", "hy": "am", "is": "is", "it": "it", "ja": "jp", "ka": "ge", "kk": "kz",
    "ko": "kr", "ky": "kg", "lt": "lt", "lv": "lv", "mn": "mn", "nb": "no", "nn": "no", "no": "no", "pl": "pl",
    "sk": "sk", "sl": "si", "sv": "se", "tg": "tj", "th": "th", "tk": "tm", "tr": "tr", "uk": "ua", "uz": "uz",
    "vi": "vn",
}  # fmt: skip
# Where 3/4/2025 is the fourth of March: the month comes first in American English only.
_DAY_FIRST_ENDINGS = frozenset(("uk", "au", "nz", "ie", "in", "za", "sg", "my", "ng", "ke", "pk", "hk", "kz", "eu"))


@lru_cache(maxsize=512)
def guess_zone(url: str, language: str | None = None) -> tzinfo:
    """The zone of the country that an address ends in, else of the one that speaks the page's language; else UTC.

    >>> guess_zone("https://www.example.de/a").key, guess_zone("https://www.example.com/a", "kk-KZ").key
    ('Europe/Berlin', 'Asia/Almaty')
    """
    spoken = (language or "").replace("_", "-").partition("-")[0].lower()
    name = _ZONES.get(_ending(url)) or _ZONES.get(_ENDINGS_OF_LANGUAGES.get(spoken, ""))
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
