"""Fixtures that all tests share."""

from hypothesis import settings

from tests.databases import *  # noqa: F403

# No test is timed: a busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
