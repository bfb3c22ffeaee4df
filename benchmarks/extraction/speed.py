"""Pages per second of one core: our whole extraction beside trafilatura's fast mode, page by page in the same run.

    nice -n 5 .venv/bin/python -m benchmarks.extraction.speed --every 4

CPU time of the process, so that other work on the machine disturbs both alike; each page is timed by both in turn.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import trafilatura

from benchmarks.adapters import extract
from benchmarks.extraction.corpus import CORPORA, samples


def ours(html: bytes, url: str) -> object:
    """Every field."""
    return extract(html, url)


def trafilatura_fast(html: bytes, url: str) -> object:
    """Text and meta data, without the slower fallbacks."""
    return trafilatura.bare_extraction(html, url=url or None, fast=True, include_comments=False, with_metadata=True)


CONTENDERS: dict[str, Callable[[bytes, str], object]] = {"ours": ours, "trafilatura (fast)": trafilatura_fast}


def main() -> None:
    """Print one line per corpus and extractor, and the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--every", type=int, default=1, help="only every n-th page")
    arguments = parser.parse_args()
    sys.stdout.write(
        "| corpus | extractor | median ms | mean ms | pages/s (median) | pages/s (mean) |\n"
        "|---|---|---:|---:|---:|---:|\n"
    )
    for corpus in CORPORA:
        seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        for number, sample in enumerate(samples(corpus)[:: arguments.every]):
            for name, contender in CONTENDERS.items():
                if not number:
                    contender(sample.html, sample.url)  # imports and caches
                started = time.process_time()
                contender(sample.html, sample.url)
                seconds[name].append(time.process_time() - started)
        for name, times in seconds.items():
            median, mean = statistics.median(times), statistics.mean(times)
            sys.stdout.write(
                f"| {corpus} | {name} | {median * 1e3:.2f} | {mean * 1e3:.2f} | {1 / median:.0f} | {1 / mean:.0f} |\n"
            )
        mine, theirs = seconds.values()
        sys.stdout.write(
            f"| {corpus} | ratio | {statistics.median(theirs) / statistics.median(mine):.1f} | "
            f"{statistics.mean(theirs) / statistics.mean(mine):.1f} | | |\n"
        )


if __name__ == "__main__":
    main()
