# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Programs of the system that a table needs."""

import shutil

from measure.trouble import Trouble


def requireTool(name):
    if not shutil.which(name):
        raise Trouble(f"there is no {name}: scripts/bootstrap --benchmarks installs it")
