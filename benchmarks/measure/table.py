# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Tables as text, and the few statistics that they need."""

import statistics


class Table:
    """Prints a title, the rows aligned below their heads, and notes."""

    def __init__(self, title, *heads):
        self.title = title
        self.rows = [heads]
        self.notes = []

    def add(self, *cells):
        self.rows.append(cells)

    def note(self, text):
        self.notes.append(text)

    def print(self):
        print(f"\n## {self.title}\n")
        widths = [max(len(str(row[i])) for row in self.rows) for i in range(len(self.rows[0]))]
        for number, row in enumerate(self.rows):
            print("| " + " | ".join(_aligned(str(cell), width, index)
                                    for index, (cell, width) in enumerate(zip(row, widths))) + " |")
            if number == 0:
                print("|" + "|".join("-" * (width + 1) + (":" if index else "-")
                                     for index, width in enumerate(widths)) + "|")
        if self.notes:
            print("\n" + "\n".join(self.notes))


def _aligned(text, width, index):
    return text.rjust(width) if index else text.ljust(width)


def lowerQuartile(values):
    """A quarter of the values is lower: what disturbs a measurement makes it longer."""
    return statistics.quantiles(values, n=4)[0] if len(values) > 1 else values[0]


def spread(values):
    """How far the middle half of the values lies apart, in per cent of the lower quartile."""
    if len(values) < 2:
        return "-"
    low, _, high = statistics.quantiles(values, n=4)
    return f"{100 * (high - low) / low:.0f} %"


def against(limit, value, unit=""):
    """The limit, and whether `value` keeps to it."""
    return f"<= {limit:g} {unit + ' ' if unit else ''}{'holds' if value <= limit else 'FALLS SHORT'}"


def moreThan(limit, value):
    return f"> {limit:g} {'holds' if value > limit else 'FALLS SHORT'}"


def atLeast(limit, value):
    return f">= {limit:g} {'holds' if value >= limit else 'FALLS SHORT'}"
