"""The real pages with reference texts, read where they lie; nothing of them is kept. Also the scorer's measures."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

# Beside the checkout, as the project's working agreement has it.
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CORPORA = ("dev_publishers", "dev_articles")


def _shared(name: str) -> ModuleType:
    path = SHARED / "bench" / "extraction" / f"{name}.py"
    if not path.is_file():
        raise SystemExit(f"{path} is missing: the corpus and its scorer are expected beside the checkout")
    spec = importlib.util.spec_from_file_location(f"shared_{name}", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


metrics = _shared("metrics")
scorer = _shared("score")


@dataclass(frozen=True, slots=True)
class Sample:
    """One page with what stands in it."""

    corpus: str
    id: str
    url: str
    site: str
    """Pages of one site are never on both sides of a cross-validation."""
    html: bytes
    expected: dict[str, Any]


def samples(corpus: str) -> list[Sample]:
    """All pages of one corpus in a fixed order."""
    pages = _shared("corpora").load(corpus)
    return [Sample(corpus, page.id, page.url, _site(corpus, page), page.html, page.expected) for page in pages]


def _site(corpus: str, page: Any) -> str:
    if corpus == "dev_publishers":
        return str(page.meta["publisher"])
    host = urlsplit(page.url).hostname or page.id
    return ".".join(host.split(".")[-2:])


def rates(expected: str, found: str) -> tuple[float, float, float]:
    """The scorer's (hit, surplus, missing) of one page."""
    result: tuple[float, float, float] = metrics.shingle_rates(expected, found, metrics.words_any_script)
    return result
