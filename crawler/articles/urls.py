"""One story, one address: canonical form, its hash, and links made absolute. Rewrites text; fetches nothing.

What holds for one site only (mirrors, production hosts) is declared in its source file, not here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from unicodedata import normalize
from urllib.parse import unquote, urljoin

from crawler.errors import UrlError

# Longest address, in characters, that is taken. No server in wide use accepts a longer request line (nginx and Apache:
# 8 KiB), and it bounds the work that a hostile page can cause.
MAX_LENGTH = 8_192

_DEFAULT_PORT = {"http": "80", "https": "443"}

# Parameters that say where a reader came from, never what is shown. Lower case.
_TRACKING_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid srsltid msclkid yclid ysclid ymclid twclid ttclid igshid igsh li_fat_id epik
    _openstat openstat mc_cid mc_eid mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking vero_id vero_conv wickedid
    oly_anon_id oly_enc_id rb_clickid s_cid s_kwcid ef_id cmpid ncid ocid ito smid smtyp xtor wt_mc wt_zmc zanpid
    ns_mchannel ns_source ns_campaign ns_linkname ns_fee soc_src soc_trk tsrc guccounter guce_referrer guce_referrer_sig
    fb_action_ids fb_action_types fb_source fb_ref action_object_map action_type_map action_ref_map ref_src ref_url
    referer referrer _gl _ga _ke trk trkcampaign sharetype sr_share at_medium at_campaign at_custom1 at_custom2
    at_custom3 at_custom4 at_link_id at_link_type at_link_origin at_format at_ptr_name at_bbc_team phpsessid jsessionid
    amp amp_js_v amp_gsa amp_r usqp
"""
_TRACKING = frozenset(_TRACKING_NAMES.split())
_TRACKING_PREFIXES = ("utm_", "mtm_", "matomo_", "pk_", "piwik_", "hsa_", "yandex_")
# Ordinary words that mostly name a referrer. `from=rss` is dropped; `from=20` (an offset) and `from=2024-01-01` (a
# day) choose what is shown and stay.
_REFERRERS = frozenset(
    ("from", "ref", "source", "src", "via", "rss", "share", "cmp", "partner", "medium", "campaign"),
)
# `?output=amp` and `?print=1` show the same story in another dress.
_DRESS = frozenset(("outputtype=amp", "output=amp", "mode=amp", "view=amp", "print=1", "print=y", "print=true"))

# `m.example.kz` shows what `example.kz` shows.
_FOLDED_PREFIXES = frozenset(("www", "m", "amp", "mobile"))
# `m.co.uk` is a name in its own right: what would remain is not a site but a registry's second level.
_SECOND_LEVELS = frozenset(
    ("ac", "co", "com", "edu", "go", "gov", "gob", "gouv", "ltd", "mil", "ne", "net", "nom", "or", "org", "plc", "sch"),
)

_SPLIT = re.compile(r"(https?):[/\\]*([^/?#\\]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
# Nearly all links are whole and clean already, or a clean path from the root: for these joining is nothing to do, or
# the host to add. No `;` and no dots as a segment in the latter: they mean something to `urljoin`.
_CLEAN = r"[!$%'()*+,./0-9:=@A-Z_a-z~-]"
_QUERY = rf"(?:\?(?:{_CLEAN}|&(?!amp;))+)?"
_WHOLE = re.compile(rf"https?://(?:[a-z0-9_-]{{1,63}}\.){{1,3}}[a-z0-9_-]{{1,40}}/{_CLEAN}*{_QUERY}")
_FROM_ROOT = re.compile(rf"/(?![/.]){_CLEAN}*{_QUERY}")
# Addresses that are canonical as they are: nothing in them to repair, to fold or to leave out.
_CANONICAL = re.compile(
    r"https://(?!(?:www|m|amp|mobile)\.|[a-z]{2,3}\.m\.)(?:[a-z0-9_-]{1,63}\.){1,3}[a-z0-9_-]{1,40}"
    r"(?:/(?![/.])[A-Za-z0-9._~!$'()*+,=:@-]*)+"
)
# `https://a.kzhttps://b.kz/x`: a site put its own host before an absolute link. The last address counts.
_GLUED = re.compile(r"https?:[/\\]+[^/?#\\]*?(?=https?:[/\\])", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_IPV6 = re.compile(r"\[[0-9a-f:.]{2,45}\]")
_LANGUAGE_M = re.compile(r"([a-z]{2,3})\.m\.([^.]+\..+)")
# Escapes, then whatever RFC 3986 allows neither in a path nor in a query.
_TO_REPAIR = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# What is left of an `&amp;` that nobody decoded.
_ENTITY_REST = re.compile(r"^(?:amp;)+")
_SLASHES = re.compile(r"(?<!:)/{2,}")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_AMP_END = re.compile(r"(?<=[^/])(?:/amp)+(/?)$|(?<=[^/])\.amp(?=\.html?$|$)", re.IGNORECASE)
_AMP_START = re.compile(r"^(?:/amp)+(?=/[^/])", re.IGNORECASE)
# In front of these, `amp` is the name of a thing (an amplifier), not a form of a page.
_TOPIC_FOLDER = re.compile(r"/(?:tags?|topics?|search|categor(?:y|ies)|keywords?|authors?)/amp/?$", re.IGNORECASE)
_AMP_CACHE = re.compile(
    r"(?:google\.[a-z.]{2,6}/amp|[a-z0-9-]+\.cdn\.ampproject\.org/[cv])/(?:s/)?([^/]+\.[^/]+/.*)", re.DOTALL
)


def canonicalise_url(url: str) -> str:
    """Return the form of `url` under which an article is stored.

    Lower-cases scheme and host (IDNA: ASCII), takes `https` for `http`, folds `www.`, `m.`, `amp.` and AMP forms of the
    path, drops default port, credentials, fragment, tracking parameters and dot segments, sorts the parameters and
    writes escapes one way. Where a port is named, the scheme stays: no port serves both.
    Keeps the case of the path and its last slash as printed; `url_hash` does not tell addresses apart by that slash.

    >>> canonicalise_url("HTTPS://Example.com/a?utm_source=x&id=7#top")
    'https://example.com/a?id=7'
    >>> canonicalise_url("http://www.example.kz:80/жаңалық/./x-12/amp/?b=2&a=1")
    'https://example.kz/%D0%B6%D0%B0%D2%A3%D0%B0%D0%BB%D1%8B%D2%9B/x-12/?a=1&b=2'
    >>> canonicalise_url("http://localhost:8000/a/")
    'http://localhost:8000/a/'

    Raises:
        UrlError: `url` is not absolute http(s), or longer than MAX_LENGTH.
    """
    if len(url) > MAX_LENGTH:
        raise UrlError(url, f"longer than {MAX_LENGTH} characters")
    if _CANONICAL.fullmatch(url) and "amp" not in url.lower():
        return url
    while True:
        scheme, authority, path, query = _parts(url)
        host, port = _host_and_port(url, scheme, authority)
        host = _fold_host(host)
        served = _clean_path(path)
        path = _without_amp(served)
        cached = _AMP_CACHE.match(host + served) or _AMP_CACHE.match(host + path)
        if cached is None:
            break
        # The address of a copy in somebody's AMP cache names the story's own address.
        url = f"https://{cached[1]}?{query}"
    origin = f"https://{host}" if port is None else f"{scheme}://{host}:{port}"
    query = _canonical_query(query)
    canonical = f"{origin}{path}?{query}" if query else origin + path
    if len(canonical) > MAX_LENGTH:
        raise UrlError(url, f"longer than {MAX_LENGTH} characters when escaped")
    return canonical


def url_hash(canonical: str) -> int:
    """Return 64 bits, signed, by which an address is looked up.

    Cryptographic, so that no site can make an address that masks another's. Addresses that differ only in the slash at
    the end of the path or in a `www.` have the same hash, as they name the same story: after a hit compare with
    `same_address`.

    >>> url_hash("https://example.kz/a") == url_hash("https://example.kz/a/") != url_hash("https://example.kz/b")
    True
    """
    digest = blake2b(_bare(canonical).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def same_address(one: str, other: str) -> bool:
    """Whether two canonical addresses name the same story: equal but for the slash at the end of the path and `www.`.

    >>> same_address("https://example.kz/a?id=1", "https://www.example.kz/a/?id=1")
    True
    """
    return one == other or _bare(one) == _bare(other)


def join_url(base: str, href: str) -> str | None:
    """Return the absolute http(s) address that `href` means on the page `base`, to be fetched; None when it means none.

    None for `mailto:`, `javascript:` and the like, for links into the same page (`#top`), and for what cannot be an
    address. The fragment is dropped, spaces are escaped; a host glued before an absolute link is cut off.

    >>> join_url("https://a.kz/news/", "../x y.html#c")
    'https://a.kz/x%20y.html'
    >>> join_url("https://a.kz/", "https://a.kzhttps://b.kz/x")
    'https://b.kz/x'
    >>> join_url("https://a.kz/", "mailto:editor@a.kz") is None
    True
    """
    if len(href) > MAX_LENGTH:
        href = _UNSEEN.sub("", href).strip()
        return _join(base, href) if len(href) <= MAX_LENGTH else None
    if _WHOLE.fullmatch(href):
        return href
    if _FROM_ROOT.fullmatch(href) and "/." not in href:
        root = _root(base)
        return root[:-1] + href if root else None
    return _join(base, _UNSEEN.sub("", href).strip())


@lru_cache(maxsize=256)
def _root(base: str) -> str | None:
    """The front page of a page's host, where links from the root are joined to."""
    return _join(base, "/")


def _join(base: str, href: str) -> str | None:
    if not href or href[0] == "#":
        return None
    try:
        if not _SPLIT.match(href):
            if _SCHEME.match(href):
                return None
            href = urljoin(_UNSEEN.sub("", base).strip(), href)
        scheme, authority, path, query = _parts(href)
        _host_and_port(href, scheme, authority)
    except ValueError:  # includes UrlError
        return None
    absolute = f"{scheme}://{authority}{path or '/'}" + (f"?{query}" if query else "")
    return absolute.replace(" ", "%20")


def _parts(url: str) -> tuple[str, str, str, str]:
    """Scheme (lower case), authority, path and query of an absolute address, as a browser would read it."""
    url = _UNSEEN.sub("", url).strip()
    while glued := _GLUED.match(url):
        url = url[glued.end() :]
    match = _SPLIT.fullmatch(url)
    if match is None:
        raise UrlError(url, "not an absolute http(s) address: write it with https:// at its beginning")
    scheme, authority, path, query = match.groups()
    return scheme.lower(), authority.rstrip(":"), path.replace("\\", "/"), (query or "").replace("&amp;", "&")


def _host_and_port(url: str, scheme: str, authority: str) -> tuple[str, str | None]:
    """Host in ASCII and lower case; the port only where it is not the scheme's own."""
    host = authority.rpartition("@")[2]
    port = ""
    if not host.endswith("]"):
        name, colon, port = host.rpartition(":")
        host, port = (name, port) if colon else (host, "")
    host = host.lower()
    if "%" in host or not host.isascii():
        host = _ascii_host(url, host)
    host = host.rstrip(".")
    if not (_HOST.fullmatch(host) or _IPV6.fullmatch(host)) or len(host) > 253:
        raise UrlError(url, "not the name of a host")
    if not port:
        return host, None
    if not (port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 65_536):
        raise UrlError(url, "not a port")
    port = str(int(port))
    return host, None if port == _DEFAULT_PORT[scheme] else port


def _ascii_host(url: str, host: str) -> str:
    try:
        return unquote(host, errors="strict").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise UrlError(url, "not the name of a host") from None


def _fold_host(host: str) -> str:
    """`www.`, `m.` and the like cut off, as long as what remains is a site."""
    while True:
        first, dot, rest = host.partition(".")
        if dot and first in _FOLDED_PREFIXES and _is_site(rest):
            host = rest
        elif match := _LANGUAGE_M.fullmatch(host):
            host = f"{match[1]}.{match[2]}"  # en.m.example.org
        else:
            return host


def _is_site(host: str) -> bool:
    second, dot, top = host.rpartition(".")
    if not dot or top.isdigit():  # a bare top level, or an IP address
        return False
    return not (len(top) == 2 and second in _SECOND_LEVELS)


def _clean_path(path: str) -> str:
    path = _repair(path)
    if ";" in path:
        path = _SESSION.sub("", path)
    path = _without_dots(path)
    return _SLASHES.sub("/", path) if "//" in path else path


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _without_amp(path: str) -> str:
    """A clean path without the folders and endings of AMP, and clean again."""
    while "amp" in path.lower() and not _TOPIC_FOLDER.search(path):
        shorter = _clean_path(_AMP_START.sub("", _AMP_END.sub(r"\1", path)))
        if shorter == path:
            break
        path = shorter
    return path


def _canonical_query(query: str) -> str:
    pairs = (_ENTITY_REST.sub("", _repair(pair).replace("+", "%20")) for pair in query.split("&"))
    kept = dict.fromkeys(pair for pair in pairs if pair and not _is_tracking(pair))
    # Sorted by name only: the order of repeated names may mean something.
    return "&".join(sorted(kept, key=_name))


def _name(pair: str) -> str:
    return pair.partition("=")[0]


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.lower().partition("=")
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if name in _REFERRERS:
        return not value or value[0].isalpha()
    return pair.lower() in _DRESS


def _repair(part: str) -> str:
    """Escapes written one way: only where needed, in upper-case hexadecimal, of UTF-8."""
    if not part.isascii():
        part = normalize("NFC", part)
    return _TO_REPAIR.sub(_repair_one, part)


def _repair_one(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 3:
        character = chr(int(found[1:], 16))
        return character if character in _UNRESERVED else found.upper()
    return "".join(f"%{byte:02X}" for byte in found.encode("utf-8", "surrogatepass"))


def _bare(canonical: str) -> str:
    """An address without what makes no other story of it."""
    address, mark, query = canonical.partition("?")
    return address.replace("://www.", "://", 1).rstrip("/") + mark + query
