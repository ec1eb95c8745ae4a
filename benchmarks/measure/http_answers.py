# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What a request takes our server in user instructions, by the way in which it is answered."""

import dataclasses

from measure import http, instructions, syscalls
from measure.load import DEEP
from measure.table import Table, against
from measure.tools import requireTool

PLAIN = "a handler that returns a Response, at /"
RESPONSE = "the same at /response"
DEFERRED = "a Deferred, fired in the same turn"
COROUTINE = "a coroutine"

CURLS_FIELDS = "User-Agent: curl/7.88.1\r\nAccept: */*\r\n"
WAYS = {
    PLAIN: http.PLAIN,
    RESPONSE: http.Request("GET", "/response"),
    DEFERRED: http.Request("GET", "/deferred"),
    COROUTINE: http.Request("GET", "/coroutine"),
    "a coroutine that awaits": http.Request("GET", "/awaiting"),
    "the route has a name, /poems/:name": http.Request("GET", "/poems/1"),
    "curl asks: three header lines": http.Request("GET", "/response", fields=CURLS_FIELDS),
}
MORE_LIMITS = {DEFERRED: 200, COROUTINE: 400}  # than RESPONSE, one in flight

# What CI refuses (tests/scripts). The first two are of PLAIN, one and 16 in flight: what is
# promised. The others are what is more than RESPONSE: what was reached, and 10 %.
GATES = {(PLAIN, 1): 1800, (PLAIN, DEEP): 1300, (DEFERRED, 1): 355, (COROUTINE, 1): 440}


def measure(options):
    requireTool("valgrind")
    table = Table("Ways to answer a request, user instructions", "way", "one in flight", "more",
                  "limit", f"{DEEP} in flight", "more", "heap allocations", "limit")
    counts = {(way, depth): _count(options, way, depth) for way in WAYS for depth in (1, DEEP)}
    for way in WAYS:
        more = {depth: round(counts[way, depth] - counts[RESPONSE, depth]) for depth in (1, DEEP)}
        heap = max(syscalls.allocationsPerMessage(options, _kind(options, way), depth)
                   for depth in (1, DEEP))
        table.add(way, f"{counts[way, 1]:.0f}", more[1],
                  against(MORE_LIMITS[way], more[1]) if way in MORE_LIMITS else "",
                  f"{counts[way, DEEP]:.0f}", more[DEEP], f"{heap:.3f}", against(0, heap))
    table.note("By callgrind, of our server. More: than the second one, whose path is as long. "
               f"Heap: the most, one and {DEEP} in flight.")
    table.print()


def gate(options):
    """Prints what GATES limits. Whether all is kept."""
    response = _count(options, RESPONSE, 1)
    kept = True
    for (way, depth), limit in GATES.items():
        counted, what = _count(options, way, depth), "instructions"
        if way in MORE_LIMITS:
            counted, what = counted - response, "more"
        print(f"{way}, {depth} in flight: {counted:.0f} {what}, {against(limit, counted)}")
        kept &= counted <= limit
    return kept


def _count(options, way, depth):
    return instructions.perMessage(options, _kind(options, way), depth)


def _kind(options, way):
    return dataclasses.replace(http.couplet(options), exchange=WAYS[way])
