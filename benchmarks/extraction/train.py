"""Train the body reader on all pages of both corpora and write `crawler/extraction/body_model.py`.

    OMP_NUM_THREADS=1 nice -n 15 .venv/bin/python -m benchmarks.extraction.train

The same pages, the same seed and the same LightGBM write the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.extraction.corpus import CORPORA, samples
from benchmarks.extraction.learning import EXITS, GROUPS, train
from benchmarks.extraction.model_source import model_source
from benchmarks.extraction.pages import learn_pages
from crawler.extraction.body_numbers import WHOLE

MODEL = Path(__file__).resolve().parents[2] / "crawler" / "extraction" / "body_model.py"


def main() -> None:
    """Write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=MODEL)
    arguments = parser.parse_args()
    pages = learn_pages([s for corpus in CORPORA for s in samples(corpus)])
    models = train(pages, arguments.seed)
    source = model_source([m.dump_model() for m in models], GROUPS, {"EXITS": EXITS}, WHOLE)
    arguments.out.write_text(source, encoding="utf-8")
    sys.stdout.write(f"{arguments.out}: {len(source)} characters from {len(pages)} pages\n")


if __name__ == "__main__":
    main()
