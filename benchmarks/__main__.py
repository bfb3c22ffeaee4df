"""`make bench`: the benchmarks that take a minute or two, one after the other; the long ones are named at the end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared"
SCORER = SHARED / "bench" / "extraction" / "score.py"
CORPUS = SHARED / "corpus"

QUICK: tuple[tuple[str, tuple[str, ...], Path | None], ...] = (
    ("Extraction: quality on real pages", (str(SCORER), "--extractor", "benchmarks.adapters:extract"), SCORER),
    ("Extraction: speed beside trafilatura", ("-m", "benchmarks.extraction.speed", "--every", "4"), CORPUS),
    ("Scheduling: cost of idle runs", ("-m", "benchmarks.scheduling"), None),
)
LONG = (
    ("Extraction by cross-validation over sites", "python -m benchmarks.extraction.crossvalidate --seeds 1 2 3"),
    ("Near-duplicates beside others, and their cost at scale", "python -m benchmarks.dedup --help"),
    ("Questions and pages at 100,000 and a million articles", "python -m benchmarks.query.prepare; benchmarks.query"),
)


def main() -> int:
    """Run the quick benchmarks; those whose pages are not beside the checkout are named and left out."""
    worst = 0
    for title, words, needed in QUICK:
        print(f"\n# {title}", flush=True)
        if needed is not None and not needed.exists():
            print(f"left out: {needed} is not there")
            continue
        worst = max(worst, subprocess.run([sys.executable, *words], check=False).returncode)
    print("\n# Longer ones")
    for title, command in LONG:
        print(f"{title}: {command}")
    return worst


if __name__ == "__main__":
    sys.exit(main())
