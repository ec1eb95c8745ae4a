# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What a kind of server is for: what its client sends, who is compared, and what is promised."""

import abc
import dataclasses
from collections.abc import Callable


class Exchange(abc.ABC):
    """A message to a server and its answer, always as long."""

    message: bytes
    greeting = b""  # what the client says before, once

    def messages(self, depth):
        """So many of them, to be in flight at once on a connection."""
        return self.message * depth

    def greetedBytes(self, server):
        """How many bytes come back for the greeting."""
        return 0

    @abc.abstractmethod
    def answerBytes(self, server):
        """How many bytes come back."""


@dataclasses.dataclass(frozen=True)
class Service:
    """The limits have a place for each server, by its key, and where it matters each depth."""

    name: str  # of its tables: "Netstring echo"
    noun: str  # of what is exchanged: "message"
    idle: str  # what a connection is called that waits
    kinds: Callable  # of the options: all, the floor first, then ours, then the peers
    instructionLimits: dict
    callLimits: dict
    idleLimit: int
    idleConnections: int = 10_000

    def present(self, options):
        """Those that can be run here, and those that must be."""
        return [kind for kind in self.kinds(options) if kind.words or kind.required]

    def leftOut(self, options):
        """The titles of those that cannot."""
        return [kind.title for kind in self.kinds(options) if not kind.words and not kind.required]
