"""Fixtures that all tests share."""

from tests.databases import *  # noqa: F403
