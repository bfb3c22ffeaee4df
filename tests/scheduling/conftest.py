"""Fixtures of scheduling: a machine on which `crawler up` is at work, and sites to crawl."""

from __future__ import annotations

from tests.crawl.conftest import home, site

__all__ = ["home", "site"]
