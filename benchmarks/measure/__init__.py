# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What `benchmarks/run` is made of: one module for each table, and what they share."""
