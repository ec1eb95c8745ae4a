# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What an idle connection costs a server in its own memory."""

import re
import resource
from pathlib import Path

from measure import load, servers
from measure.table import Table, against
from measure.trouble import Trouble, excusing

SPARE_DESCRIPTORS = 100


def measure(options, service):
    connections = 1000 if options.quick else service.idleConnections
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < connections + SPARE_DESCRIPTORS:
        raise Trouble(f"{connections} connections need more descriptors than `ulimit -Hn` allows")
    table = Table(f"User bytes of an idle {service.idle}, {connections} of them", "server", "bytes",
                  "limit")
    for kind in service.present(options):
        if connections + load.CONNECTIONS > kind.most:
            table.note(f"{kind.title} is left out: it does not serve so many.")
            continue
        with excusing(kind, table.notes):
            size = _bytesPerConnection(options, kind, connections)
            table.add(kind.title, f"{size:.0f}",
                      against(service.idleLimit, round(size)) if kind.ours else "")
    table.note("Growth of the server's private memory (smaps: Private_Dirty of all mappings: its "
               "heap with all overhead, its\nstacks), from 64 connections that were used to these "
               f"beside them, each after one {service.noun}.")
    table.print()


def _bytesPerConnection(options, kind, connections):
    with servers.Server(kind) as server, load.Client(options, server) as used:
        used.ask(load.CONNECTIONS * 100)
        before = _privateBytes(server.pid)
        with load.Client(options, server, connections=connections):
            return (_privateBytes(server.pid) - before) / connections


def _privateBytes(pid):
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * int(re.search(r"^Private_Dirty:\s+(\d+) kB", rollup, re.MULTILINE).group(1))
