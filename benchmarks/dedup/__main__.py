"""`python -m benchmarks.dedup`: scores, throughput and memory of ours beside others', as tables."""

from __future__ import annotations

import argparse
from multiprocessing import get_context
from pathlib import Path

from benchmarks.dedup import cost
from benchmarks.dedup.methods import methods
from benchmarks.dedup.quality import read_stories, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dedup", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000], help="texts of the scored streams (10000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same stream (7)")
    parser.add_argument("--figures", action="store_true", help="with short reports and copies that differ in numbers")
    parser.add_argument("--ours-only", action="store_true", help="leave the others out")
    parser.add_argument("--texts", type=Path, help="folder of JSON files with `title` and `body`, to begin with")
    parser.add_argument("--cost", type=int, nargs="*", default=[], help="articles in the index whose cost is measured")
    parser.add_argument("--postgresql", help="address of an empty PostgreSQL database for --cost")
    options = parser.parse_args()
    given = read_stories(options.texts) if options.texts else []
    for size in options.sizes:
        print(f"\n{size:,} texts, seed {options.seed}, {len(given)} given stories", end="")
        print(", with numbers changed" if options.figures else "")
        print(f"{'method':36} {'P':>6} {'R':>6} {'F1':>6} {'ARI':>6}  one mould, wrong  texts/s  CPU ms  MB")
        for name, _ in methods():
            if name == "ours" or not options.ours_only:
                # Each in a process of its own: memory is measured, and no method warms another's caches.
                with get_context("spawn").Pool(1) as pool:
                    pool.apply(run, (name, size, options.seed, given, options.figures))
    for size in options.cost:
        cost.measure(size, seed=options.seed, postgresql=options.postgresql)


if __name__ == "__main__":
    main()
