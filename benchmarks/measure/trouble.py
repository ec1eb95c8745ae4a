# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What ends a measurement with one line and no traceback."""

import contextlib


class Trouble(Exception):
    """It cannot be measured; the message says why, and what helps."""


@contextlib.contextmanager
def excusing(kind, notes, where=""):
    """What is done with a peer may fail: then it is missing, and a note says so."""
    try:
        yield
    except Trouble as trouble:
        if kind.required:
            raise
        notes.append(f"{kind.title} is missing{where}: {trouble}.")
