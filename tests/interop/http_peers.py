# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The programs of others that tests talk to: where they are, and what if they are not."""

import importlib.util
import os
import pathlib
import shutil
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "examples"))

import programs  # noqa: E402

SKIPPED = 77  # what ctest takes for a test that was skipped

# The Debian packages of what a test may need.
PROGRAMS = {"ab": "apache2-utils", "apache2": "apache2-bin", "chromedriver": "chromium-driver",
            "chromium": "chromium", "curl": "curl", "nginx": "nginx", "node": "nodejs",
            "slowhttptest": "slowhttptest", "wget": "wget", "wrk": "wrk"}
MODULES = {"aiohttp": "python3-aiohttp", "autobahn": "python3-autobahn", "httpx": "python3-httpx",
           "requests": "python3-requests", "twisted": "python3-twisted",
           "websockets": "python3-websockets"}
# The packages from npm, and the folders whose lock files name them.
NPM = {"@seriousme/openapi-schema-validator": HERE / "openapi", "ws": HERE / "websocket"}


def find(program):
    """The path of a program of the system, servers included; None where it is missing."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin")


def present(name):
    if name in NPM:
        return (NPM[name] / "node_modules" / name).is_dir()
    return importlib.util.find_spec(name) if name in MODULES else find(name)


def command_of(program, *arguments):
    return [find(program), *map(str, arguments)]


def run(program, *arguments, **options):
    """Runs a program of the system to its end, as programs.run does one of ours."""
    return programs.run_command(command_of(program, *arguments), **options)


def main():
    """`programs.main` of a module whose test cases say in NEEDS what they need; those are the ones
    that the command line names."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    module = sys.modules["__main__"]
    chosen = [getattr(module, name.split(".")[0]) for name in sys.argv[2:] if name[0] != "-"]
    cases = chosen or [case for case in vars(module).values()
                       if isinstance(case, type) and issubclass(case, unittest.TestCase)]
    packages = PROGRAMS | MODULES | {name: f"{name} from npm" for name in NPM}
    missing = {packages[name] for case in cases for name in case.NEEDS if not present(name)}
    if missing:
        print(f"Skipped: {' and '.join(sorted(missing))} missing; "
              "scripts/bootstrap --peers installs them.")
        sys.exit(1 if os.environ.get("COUPLET_REQUIRE_PEERS") == "1" else SKIPPED)
    programs.main()
