# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A chapter of docs/tutorial, read: its fenced blocks, and the change that it tells its reader to make.

    python3 chapter.py CHAPTER.md PROGRAM.cc CHANGED.cc

writes PROGRAM.cc as it is after the chapter's change. See README.md.
"""

import re
import sys
from pathlib import Path

FENCE = re.compile(r"^```(\S*)$")
NOTE = re.compile(r"^<!-- (.+?) -->$")


class Block:
    """A fenced block: its language, its lines, the number of its first line, the notes above it."""

    def __init__(self, language, line, notes):
        self.language, self.line, self.notes = language, line, notes
        self.lines = []

    def notes_on(self, word):
        """What follows `word:` in each note that begins so."""
        return [note[len(word) + 1:].strip() for note in self.notes if note.startswith(word + ":")]


def blocks(path):
    """The fenced blocks of a Markdown file, in order."""
    found, block, notes = [], None, []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").split("\n"), 1):
        fence, note = FENCE.match(line), NOTE.match(line)
        if block and line == "```":
            found.append(block)
            block, notes = None, []
        elif block:
            block.lines.append(line)
        elif fence:
            block = Block(fence.group(1), number + 1, notes)
        elif note:
            notes.append(note.group(1))
        elif line.strip():
            notes = []
    return found


def changed(source, diff):
    """The source after a change. Of each part of it (`@@` is between two), the lines that begin with
    a blank or a minus must be in the source, once and in one piece; they give way to those that begin
    with a blank or a plus."""
    for part in "\n".join(diff).split("\n@@\n"):
        lines = part.split("\n")
        if bad := [line for line in lines if line[:1] not in ("", " ", "-", "+")]:
            raise ValueError(f"a line of a change begins with ' ', '-' or '+': {bad[0]!r}")
        before = "".join(line[1:] + "\n" for line in lines if line[:1] != "+")
        after = "".join(line[1:] + "\n" for line in lines if line[:1] != "-")
        if source.count(before) != 1:
            raise ValueError(f"this fits {source.count(before)} places, not one:\n{before}")
        source = source.replace(before, after)
    return source


def main(chapter, program, target):
    root = Path(__file__).resolve().parents[2]
    diffs = [block.lines for block in blocks(chapter) if block.language == "diff"]
    if len(diffs) != 1:
        sys.exit(f"{chapter}: has {len(diffs)} changes, not one")
    try:
        source = changed(Path(program).read_text(encoding="utf-8"), diffs[0])
    except ValueError as error:
        sys.exit(f"{chapter}: {error}")
    # Places in messages are those that the reader sees.
    name = Path(program).resolve().relative_to(root)
    Path(target).write_text(f'#line 1 "{name}"\n{source}', encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
