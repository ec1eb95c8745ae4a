# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What shared libraries export must be what their headers show.

A name of namespace couplet or couplet::testing must stand in a header that is installed. One of
couplet::detail must stand in a header that exports what it declares: an internal one, for templates
of public headers or for the testing kit, or a public one. Others must be instances of templates of
the standard library.
"""

import re
import subprocess
import sys

EXPORTS = "#pragma GCC visibility push(default)"
PREFIX = re.compile(r"^(vtable for|VTT for|typeinfo( name)? for|guard variable for|"
                    r"(non-)?virtual thunk to) ")
STANDARD = re.compile(r"\b(std|__gnu_cxx)::|^(double|bool|int|void) \(")


def words_of(headers):
    return set(re.findall(r"\w+", "\n".join(path.read_text("utf-8") for path in headers)))


def exported(library):
    listing = subprocess.run(["nm", "-DC", "--defined-only", library], check=True,
                             capture_output=True, text=True).stdout
    for line in listing.splitlines():
        _, kind, name = line.split(" ", 2)
        yield kind, PREFIX.sub("", name)


def check(prefix, source):
    """Ends the program with a list of what the libraries below `prefix` export and should not."""
    public = words_of((prefix / "include").rglob("*.h"))
    internal = words_of(path for folder in ("deferred", "reactor", "protocols")
                        for path in (source / folder).rglob("detail/*.h")
                        if EXPORTS in path.read_text("utf-8"))
    # Some public headers declare what their templates need in namespace detail themselves.
    internal |= words_of(path for path in (prefix / "include").rglob("*.h")
                         if re.search(r"namespace (couplet::)?detail {", path.read_text("utf-8")))

    def belongs(kind, name):
        own = re.search(r"(?:^|[ &*])couplet::((?:testing|detail)::)?(\w+)", name.split("(", 1)[0])
        if own:
            return own.group(2) in (internal if own.group(1) == "detail::" else public)
        return kind in "WVu" and STANDARD.search(name)

    libraries = sorted(path for path in prefix.rglob("libcouplet_*.so") if path.is_file())
    strangers = [f"{library.name}: {name}" for library in libraries
                 for kind, name in exported(library) if not belongs(kind, name)]
    if len(libraries) != 7 or strangers:
        sys.exit(f"{len(libraries)} shared libraries; exported, but in no public header:\n"
                 + "\n".join(strangers))
