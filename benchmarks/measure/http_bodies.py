# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Large bodies both ways, beside nginx."""

from measure import http
from measure.rates import Alternation, Case, Load
from measure.table import Table
from measure.trouble import Trouble

SIZES = {"64 KiB": 64 * 1024, "1 MiB": 1024 * 1024}
LOAD = Load(16, 1, 0.2)


def _down(folder, size):
    return http.Request("GET", f"/{folder}/{size}", answer=b"x" * size)


def _up(size):
    return http.Request("POST", "/length", body=b"x" * size, answer=str(size).encode())


# What is asked: in words, its size, and the exchange with each server.
BODIES = [row for title, size in SIZES.items() for down, up in [(_down("bytes", size), _up(size))]
          for row in [
              (f"{title} down", size, {"couplet": down, "nginx": down}),
              (f"{title} down, no sendfile", size,
               {"couplet": down, "nginx": _down("read", size)}),
              (f"{title} up", size, {"couplet": up, "nginx": up})]]


def measure(options):
    files = {f"{folder}/{size}": b"x" * size for folder in ("bytes", "read")
             for size in SIZES.values()}
    present = [http.couplet(options), http.nginx(files)]
    if not present[1].words:
        raise Trouble("there is no nginx: scripts/bootstrap --benchmarks installs it")
    found = Alternation(options, present, list(dict.fromkeys(
        Case(key, LOAD, exchange) for _, _, exchanges in BODIES
        for key, exchange in exchanges.items())))
    table = Table(f"HTTP bodies beside nginx: {LOAD.connections} connections", "body",
                  "CPU, x nginx", "Couplet us", "spread", "nginx us", "spread", "rate, x nginx",
                  "Couplet MB/s", "nginx MB/s")
    for what, size, exchanges in BODIES:
        ours, theirs = (found.costs(key, LOAD, exchange) for key, exchange in exchanges.items())
        if not theirs:
            table.add(what, *["-"] * 8)
            continue
        table.add(what, f"{ours.cpu / theirs.cpu:.2f}", f"{ours.cpu:.1f}", ours.cpuSpread,
                  f"{theirs.cpu:.1f}", theirs.cpuSpread, f"{theirs.core / ours.core:.2f}",
                  f"{size / ours.core:.0f}", f"{size / theirs.core:.0f}")
    table.note(f"{found.rounds} slices of {found.seconds(LOAD)} s each, alternating; lower "
               "quartiles. CPU: of the server, per body. Rate: by the core's time,\nserver's and "
               "client's. Down, Couplet answers with a copy of a std::string, nginx with a file. "
               "Up, both hold the\nwhole body before they answer with its length.")
    table.notes += found.missing
    table.print()
