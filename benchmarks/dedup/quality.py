"""Runs one method over a labelled stream and prints how well it did. In a module of its own: processes import it."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

from benchmarks.dedup.cost import resident
from benchmarks.dedup.grammar import Story
from benchmarks.dedup.methods import methods
from benchmarks.dedup.score import Score, score
from benchmarks.dedup.stream import stream


def run(name: str, size: int, seed: int, given: list[Story], figures: bool) -> None:
    """Run one method over the stream and print its line; of ours each class of edit as well."""
    texts = list(stream(size, seed=seed, given=given, figures=figures))
    method = dict(methods())[name]()
    before, began, cpu = resident(), time.perf_counter(), time.process_time()
    joined = [method(text) for text in texts]
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    scored = score(texts, joined)
    print(
        f"{name:36} {scored.precision:6.4f} {scored.recall:6.4f} {scored.f1:6.4f} {scored.ari:6.4f}"
        f"  {scored.moulded_wrong:5} of {scored.moulded:5}"
        f"  {size / seconds:8.0f}  {1000 * cpu / size:6.2f}  {(resident() - before) / 1e6:4.0f}",
        flush=True,
    )
    if name == "ours":
        print_kinds(scored)


def print_kinds(scored: Score) -> None:
    """One line for each class of text."""
    print(f"\n  {'kind':24} {'texts':>6} {'P':>6} {'R':>6}")
    for kind, (number, precision, recall) in scored.by_kind.items():
        print(f"  {kind:24} {number:6} {precision:6.4f} {recall:6.4f}")


def read_stories(folder: Path) -> list[Story]:
    """Stories of JSON files with `title` and `body`, plain or gzipped, that are long enough to be edited."""
    stories = []
    for path in sorted(folder.rglob("*.json*")):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        read = json.loads(content)
        paragraphs = tuple(line.strip() for line in (read.get("body") or "").split("\n") if line.strip())
        if len(paragraphs) >= 4 and sum(map(len, paragraphs)) > 500:
            stories.append(Story("en", read.get("title") or paragraphs[0], paragraphs))
    return stories
