"""Who gives a command, as it is written down beside what was done. Decides nothing about rights."""

from __future__ import annotations

import getpass
import os


def user_name() -> str:
    """The name of whoever runs this process; `uid 1234` where the machine knows no name, as in many containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # KeyError up to Python 3.12
        return f"uid {os.getuid()}"
