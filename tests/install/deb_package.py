# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Looks at a Debian package, and installs it into a root of its own, by which this machine stays as
it is: the root has a copy of dpkg's list of what is installed, so that dependencies count."""

import contextlib
import os
import re
import shutil

FIELDS = {
    "Package": r"libcouplet-dev",
    "Version": r"\d+\.\d+\.\d+",
    "Architecture": r"amd64|arm64|riscv64|ppc64el|s390x",
    "Section": r"libdevel",
    "Maintainer": r".+ <.+@.+>",
    "Depends": r"libevent-dev \(>= [\d.]+\), libgoogle-glog-dev \(>= [\d.]+\), "
               r"zlib1g-dev \(>= 1:[\d.]+\), libgflags-dev \(>= [\d.]+\), pkg-config",
    "Description": r"\S.{10,70}\n( \S.*\n?)+",
}
WANTED = ["include/couplet/deferred/deferred.h", "include/couplet/reactor/reactor.h",
          "include/couplet/protocols/netstring.h",
          "include/couplet/protocols/program/program.h", "share/doc/libcouplet-dev/copyright",
          "share/doc/libcouplet-dev/changelog.gz"]


def check_fields(package, run, fail):
    for field, pattern in FIELDS.items():
        value = run("dpkg-deb", "--field", package, field).stdout.rstrip("\n")
        if not re.fullmatch(pattern, value):
            fail(f"{package.name}: {field} is {value!r}, which is not like {pattern!r}")


def check_contents(package, run, fail):
    names = set()
    for line in run("dpkg-deb", "--contents", package).stdout.splitlines():
        mode, owner, _, _, _, name = line.split(None, 5)
        names.add(name.removeprefix("./usr/"))
        if not name.startswith("./usr/") and name != "./":
            fail(f"{package.name}: {name} is outside of /usr")
        if owner != "root/root" or mode not in ("drwxr-xr-x", "-rw-r--r--"):
            fail(f"{package.name}: {name} is {mode} of {owner}")
    missing = [name for name in WANTED if name not in names]
    if missing:
        fail(f"{package.name} lacks {missing}; it has {sorted(names)}")


def prepare(root):
    admin = root / "var/lib/dpkg"
    for folder in ("info", "updates", "triggers"):
        (admin / folder).mkdir(parents=True)
    shutil.copy("/var/lib/dpkg/status", admin / "status")


@contextlib.contextmanager
def installed(package, root, run, fail):
    """The package is installed below `root`, and at the end removed without a trace."""
    check_fields(package, run, fail)
    check_contents(package, run, fail)
    if os.geteuid() != 0:  # dpkg wants to give files to root
        run("dpkg-deb", "-x", package, root)
        yield
        return
    prepare(root)
    run("dpkg", f"--root={root}", f"--log={root}.log", "--no-triggers", "-i", package)
    yield
    run("dpkg", f"--root={root}", f"--log={root}.log", "--no-triggers", "--purge", "libcouplet-dev")
    left = [str(path) for path in root.rglob("*couplet*")]
    if left:
        fail(f"{package.name} leaves behind {left}")
