"""Are we better than every peer by more than chance, and how much faster? Same pages, same scorer, same run.

    uv run --frozen --isolated --group bench --with 'newspaper4k[all]' --with news-please --with readability-lxml
        --with goose3 --with resiliparse python -m benchmarks.extraction.quality --texts kept.json

Each page is read by all in turn, so that other work on the machine disturbs all alike; times are CPU time. With
`--texts` (written by crossvalidate.py) our texts are those of models that had not seen the page's site; without, of the
shipped model, which has. `--save` keeps what the peers found, `--peers` takes it from there instead of asking them,
without their times: those of another run say nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.adapters import extract
from benchmarks.extraction.corpus import CORPORA, Sample, metrics, samples, scorer
from benchmarks.extraction.peers import Extractor, Found, installed

ROUNDS = 2_000
SEED = 1
OURS = "ours"

Scores = dict[str, Any]
"""What the scorer says of one page."""


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _body(pages: Sequence[Scores]) -> float:
    """The scorer's body F1: harmonic mean of mean precision and mean recall."""
    return float(metrics.body_summary([page["rates"] for page in pages])["F1"])


def _of(field: str, place: int | None) -> Callable[[Sequence[Scores]], float]:
    def measure(pages: Sequence[Scores]) -> float:
        values = [page[field] if place is None else page[field][place] for page in pages if field in page]
        return _mean([value for value in values if value is not None])

    return measure


MEASURES: dict[str, Callable[[Sequence[Scores]], float]] = {
    "body F1": _body,
    "words F1": _of("words", 2),
    "title": _of("title", 0),
    "authors F1": _of("authors", 2),
    "day": _of("date", 0),
    "instant": _of("date", 1),
    "language": _of("lang", None),
}
# What each measure needs of what was found; a peer that never gives it is not measured.
NEEDS = {
    "title": "title",
    "authors F1": "authors",
    "day": "published_at",
    "instant": "published_at",
    "language": "lang",
}
# What a corpus has no reference for.
ABSENT = {"dev_publishers": ("words F1",), "dev_articles": ("instant", "language")}


class Contender:
    """One extractor, what it found on each page and in how many CPU seconds."""

    def __init__(self, read: Extractor | None) -> None:
        self._read = read
        self.found: dict[str, Found] = {}
        self.seconds: dict[str, float] = {}
        self.crashes = 0

    def ask(self, sample: Sample) -> None:
        """Let it read one page; a crash finds nothing."""
        if self._read is None:
            return
        started = time.process_time()
        try:
            found = self._read(sample.html, sample.url)
        except Exception:  # a crash is a result
            found, self.crashes = {}, self.crashes + 1
        self.seconds[sample.id] = time.process_time() - started
        plain = {key: value for key, value in found.items() if key in scorer.KEEP and value}
        self.found[sample.id] = json.loads(json.dumps(plain, default=str, ensure_ascii=False))

    def gives(self, measure: str) -> bool:
        """Whether it ever says what `measure` is about."""
        need = NEEDS.get(measure)
        return need is None or any(need in one for one in self.found.values())

    def empty(self) -> int:
        return sum(not (one.get("text") or one.get("body") or "").strip() for one in self.found.values())


def bootstrap(
    measure: Callable[[Sequence[Scores]], float], ours: Sequence[Scores], theirs: Sequence[Scores]
) -> tuple[float, float, float]:
    """Bounds of the 95 % interval of the difference, and the share of rounds in which the peer is as good."""
    draw = random.Random(SEED)
    differences = []
    for _ in range(ROUNDS):
        chosen = draw.choices(range(len(ours)), k=len(ours))
        differences.append(measure([ours[i] for i in chosen]) - measure([theirs[i] for i in chosen]))
    differences.sort()
    not_better = sum(difference <= 0 for difference in differences) / ROUNDS
    return differences[int(0.025 * ROUNDS)], differences[int(0.975 * ROUNDS)], not_better


def compare(corpus: str, pages: Sequence[Sample], contenders: dict[str, Contender]) -> None:
    """Print the table of one corpus, and the differences from the best peer in each measure."""
    scores = {
        name: [scorer.score_page(page.expected, one.found[page.id]) for page in pages]
        for name, one in contenders.items()
    }
    measures = {name: of for name, of in MEASURES.items() if name not in ABSENT[corpus]}
    values = {name: {m: measure(of) for m, measure in measures.items()} for name, of in scores.items()}
    sys.stdout.write(f"\n{corpus}, {len(pages)} pages\n\n")
    sys.stdout.write(f"| | {' | '.join(measures)} | crashes; empty | median ms | mean ms | x ours |\n")
    sys.stdout.write(f"|---|{'---:|' * (len(measures) + 4)}\n")
    own = statistics.median(contenders[OURS].seconds.values())
    for name, one in contenders.items():
        cells = [f"{value:.3f}" if one.gives(m) else "–" for m, value in values[name].items()]
        cells.append(f"{one.crashes}; {one.empty()}")
        if one.seconds:
            median = statistics.median(one.seconds.values())
            cells += [f"{median * 1e3:.1f}", f"{_mean(list(one.seconds.values())) * 1e3:.1f}", f"{median / own:.1f}"]
        else:
            cells += ["–"] * 3
        sys.stdout.write(f"| {name} | {' | '.join(cells)} |\n")
    peers = [name for name in contenders if name != OURS]
    if not peers:
        return
    sys.stdout.write("\n| measure | ours | best peer | its value | difference, 95 % | rounds not better |\n")
    sys.stdout.write("|---|---:|---|---:|---:|---:|\n")
    for name, measure in measures.items():
        best = max(peers, key=lambda peer: values[peer][name])
        low, high, not_better = bootstrap(measure, scores[OURS], scores[best])
        sys.stdout.write(
            f"| {name} | {values[OURS][name]:.3f} | {best} | {values[best][name]:.3f} "
            f"| {low:+.3f} .. {high:+.3f} | {not_better:.4f} |\n"
        )
    sys.stdout.flush()


def main() -> None:
    """Print two tables per corpus."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--texts", type=Path, help="kept texts by page id, written by crossvalidate.py")
    parser.add_argument("--corpus", choices=CORPORA, action="append", help="may be repeated; default both")
    parser.add_argument("--every", type=int, default=1, help="only every n-th page")
    parser.add_argument("--save", type=Path, help="write what the peers found here")
    parser.add_argument("--peers", type=Path, help="take the peers from such a file")
    arguments = parser.parse_args()
    texts = json.loads(arguments.texts.read_text(encoding="utf-8")) if arguments.texts else {}
    known = json.loads(arguments.peers.read_text(encoding="utf-8")) if arguments.peers else None
    readers: dict[str, Extractor] = {} if known else installed()
    kept: dict[str, Any] = {}
    for corpus in arguments.corpus or CORPORA:
        pages = samples(corpus)[:: arguments.every]
        contenders = {OURS: Contender(extract)} | {name: Contender(read) for name, read in readers.items()}
        for one in contenders.values():
            one.ask(pages[0])  # imports and caches
            one.crashes = 0
        for page in pages:
            for one in contenders.values():
                one.ask(page)
        for name, fields in (known[corpus] if known else {}).items():
            contenders[name] = one = Contender(None)
            one.crashes = fields["crashes"]
            one.found = {page.id: fields["found"][page.id] for page in pages}
        for page in pages:
            if page.id in texts:
                contenders[OURS].found[page.id]["text"] = texts[page.id]
        kept[corpus] = {
            name: {"found": one.found, "crashes": one.crashes} for name, one in contenders.items() if name != OURS
        }
        compare(corpus, pages, contenders)
    if arguments.save:
        arguments.save.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
