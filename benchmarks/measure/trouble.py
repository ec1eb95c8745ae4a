# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What ends a measurement with one line and no traceback."""


class Trouble(Exception):
    """It cannot be measured; the message says why, and what helps."""
