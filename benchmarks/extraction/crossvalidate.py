"""How good is the body reader on sites it has never seen? Cross-validation over sites, several seeds; prints tables.

OMP_NUM_THREADS=1 nice -n 15 .venv/bin/python -m benchmarks.extraction.crossvalidate --seeds 1 2 3
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.extraction.corpus import CORPORA, metrics, rates, samples
from benchmarks.extraction.learning import apply, finish, first_opinions, fit, folds
from benchmarks.extraction.pages import Learned, learn_pages, mixed

PARTS = 5


def crossvalidate(pages: Sequence[Learned], seed: int) -> dict[str, str]:
    """The text kept on every page by models that have not seen its site.

    The opinions that train the second pass must come from models that have seen neither the held-out part nor the
    page's own: one first pass per pair of parts serves both.
    """
    whole = folds(pages, PARTS, seed)
    split = [[*part, *mixed(part, seed)] for part in whole]
    unseen: list[dict[str, np.ndarray]] = [{} for _ in range(PARTS)]
    for a in range(PARTS):
        for b in range(a + 1, PARTS):
            rest = [p for i, part in enumerate(split) if i not in (a, b) for p in part]
            first = fit(rest, seed)
            for held, other in ((a, b), (b, a)):
                for page in split[held]:
                    unseen[other][page.sample.id] = first_opinions(first, page)
    texts = {}
    for k, held_out in enumerate(whole):
        models = finish([p for i, part in enumerate(split) if i != k for p in part], unseen[k], seed)
        for page in held_out:
            texts[page.sample.id] = page.kept_text(apply(models, page))
    return texts


def summary(pages: Sequence[Learned], texts: dict[str, str], corpus: str) -> dict[str, float]:
    """The scorer's measures over one corpus."""
    chosen = [p.sample for p in pages if p.sample.corpus == corpus]
    result: dict[str, float] = dict(metrics.body_summary([rates(s.expected["body"], texts[s.id]) for s in chosen]))
    result["words"] = sum(metrics.word_scores(s.expected["body"], texts[s.id])[2] for s in chosen) / max(1, len(chosen))
    return result


def main() -> None:
    """Print one line per seed and corpus."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--texts", type=Path, help="write the kept texts of the first seed here, for quality.py")
    arguments = parser.parse_args()
    pages = learn_pages([s for corpus in CORPORA for s in samples(corpus)])
    sys.stdout.write(
        "| corpus | seed | P | R | body F1 | F1 per page | words F1 |\n|---|---:|---:|---:|---:|---:|---:|\n"
    )
    for number, seed in enumerate(arguments.seeds):
        texts = crossvalidate(pages, seed)
        for corpus in CORPORA:
            s = summary(pages, texts, corpus)
            sys.stdout.write(
                f"| {corpus} | {seed} | {s['P']:.4f} | {s['R']:.4f} | {s['F1']:.4f} "
                f"| {s['F1page']:.4f} | {s['words']:.4f} |\n"
            )
        sys.stdout.flush()
        if arguments.texts and not number:
            arguments.texts.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
