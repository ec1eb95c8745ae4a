# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The one core on which everything is measured: server and client wake each other on it."""

import os

CORE = max(os.sched_getaffinity(0))


def pin():
    """For the child that is about to become a program."""
    os.sched_setaffinity(0, {CORE})
