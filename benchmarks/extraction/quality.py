"""Is the body reader better than trafilatura by more than chance? Paired bootstrap over pages.

    .venv/bin/python -m benchmarks.extraction.crossvalidate --seeds 1 --texts kept.json
    .venv/bin/python -m benchmarks.extraction.quality --texts kept.json

With `--texts` our texts are those of models that had not seen the page's site; without, of the shipped model, which
has.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import trafilatura

from benchmarks.adapters import extract
from benchmarks.extraction.corpus import CORPORA, Sample, metrics, rates, samples

ROUNDS = 2_000
SEED = 1

Rates = tuple[float, float, float]


def peer_text(sample: Sample, *, precise: bool) -> str:
    """Trafilatura's text in the mode that suits the corpus best: precise for publishers, balanced for the rest."""
    return (
        trafilatura.extract(sample.html, url=sample.url or None, include_comments=False, favor_precision=precise) or ""
    )


def f1(page_rates: Sequence[Rates]) -> float:
    """The scorer's body F1: harmonic mean of mean precision and mean recall."""
    return float(metrics.body_summary(page_rates)["F1"])


def bootstrap(ours: Sequence[Rates], theirs: Sequence[Rates]) -> tuple[float, float, float]:
    """Bounds of the 95 % interval of the difference in F1, and the share of rounds in which the peer is as good."""
    draw = random.Random(SEED)
    differences = []
    for _ in range(ROUNDS):
        chosen = draw.choices(range(len(ours)), k=len(ours))
        differences.append(f1([ours[i] for i in chosen]) - f1([theirs[i] for i in chosen]))
    differences.sort()
    not_better = sum(difference <= 0 for difference in differences) / ROUNDS
    return differences[int(0.025 * ROUNDS)], differences[int(0.975 * ROUNDS)], not_better


def main() -> None:
    """Print one line per corpus."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--texts", type=Path, help="kept texts by page id, written by crossvalidate.py")
    arguments = parser.parse_args()
    texts = json.loads(arguments.texts.read_text(encoding="utf-8")) if arguments.texts else None
    sys.stdout.write("| corpus | ours | trafilatura | difference, 95 % | not better |\n|---|---:|---:|---:|---:|\n")
    for corpus in CORPORA:
        pages = samples(corpus)
        ours, theirs = [], []
        for sample in pages:
            mine = texts.get(sample.id, "") if texts is not None else str(extract(sample.html, sample.url)["text"])
            ours.append(rates(sample.expected["body"], mine))
            theirs.append(rates(sample.expected["body"], peer_text(sample, precise=corpus == "dev_publishers")))
        low, high, not_better = bootstrap(ours, theirs)
        sys.stdout.write(
            f"| {corpus} | {f1(ours):.4f} | {f1(theirs):.4f} | {low:+.4f} .. {high:+.4f} | {not_better:.4f} |\n"
        )


if __name__ == "__main__":
    main()
