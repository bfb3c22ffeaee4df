"""Pages per second with site rules: the project's golden pages, beside trafilatura's fast mode in the same run.

    .venv/bin/python -m benchmarks.extraction.known_sites

The golden pages are small (3 KB); pages of these sites weigh 60 KB and more, of menus and cards of other stories. So
they are read as they are and with such cards behind them. CPU time; each page is read by both in turn.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import trafilatura

from crawler.extraction import extract
from crawler.sources.registry import Registry
from crawler.sources.source import Source

PAGES = Path(__file__).resolve().parents[2] / "tests" / "sites"
SIZES = (0, 16_000, 64_000)
"""Bytes that a page is filled up to; 0 leaves it as it is."""
CARD = (
    '<div class="teaser"><a href="/news/story-{0}/"><img src="/pictures/{0}.jpg" alt="Picture {0}"></a>'
    '<a class="teaser__title" href="/news/story-{0}/">Title of another story, number {0}</a>'
    "<span>12:{1:02}</span></div>"
)


def pages() -> Iterator[tuple[str, bytes, str, datetime | None]]:
    """Source, HTML, address and fetch moment of every golden page."""
    for path in sorted(PAGES.glob("*/*.html")):
        told = json.loads(path.with_suffix(".json").read_text("utf-8"))
        fetched = told.get("fetched_at")
        yield told["source"], path.read_bytes(), told["url"], datetime.fromisoformat(fetched) if fetched else None


def filled(html: bytes, size: int) -> bytes:
    """The page with cards of other stories before its end, at least `size` bytes long."""
    cards = []
    missing = size - len(html)
    while missing > 0:
        cards.append(CARD.format(len(cards), len(cards) % 60).encode())
        missing -= len(cards[-1])
    head, end, tail = html.rpartition(b"</body>")
    return head + b"<aside>" + b"".join(cards) + b"</aside>" + end + tail if cards else html


def timed(read: Callable[[], object]) -> float:
    """CPU seconds of one reading."""
    started = time.process_time()
    read()
    return time.process_time() - started


def readings(source: Source, html: bytes, url: str, fetched: datetime | None) -> tuple[float, float]:
    """CPU seconds of ours and of trafilatura."""
    ours = timed(lambda: extract(html, url, source=source, fetched_at=fetched))
    fast = {"fast": True, "include_comments": False, "with_metadata": True}
    return ours, timed(lambda: trafilatura.bare_extraction(html, url=url, **fast))


def main() -> None:
    """Print one line per size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5, help="readings of each page")
    rounds = parser.parse_args().rounds
    registry = Registry.load()
    sys.stdout.write(
        "| page | ours, ms | pages/s | trafilatura (fast), ms | times as fast |\n|---|---:|---:|---:|---:|\n"
    )
    for size in SIZES:
        times = []
        for source_id, html, url, fetched in pages():
            page = registry.get(source_id), filled(html, size), url, fetched
            readings(*page)  # fills the source's caches, as the crawl's first page does
            times += [readings(*page) for _ in range(rounds)]
        ours, theirs = zip(*times, strict=True)
        a, b = statistics.median(ours), statistics.median(theirs)
        kind = f"filled up to {size // 1000} KB" if size else "as it is, 3 KB"
        sys.stdout.write(f"| {kind} | {a * 1e3:.2f} | {1 / a:.0f} | {b * 1e3:.2f} | {b / a:.1f} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
