# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Builds the programs, with the flags of the preset `release`."""

import subprocess
from pathlib import Path

from measure.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "bench"


def build(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"cannot build there: {error}") from None
    log = folder / "build.log"
    with log.open("w") as out:
        _run(["cmake", "--preset", "release", "-B", folder, "-DCOUPLET_BENCHMARKS=ON",
              "-DCOUPLET_TESTS=OFF"], out)
        _run(["cmake", "--build", folder, "--target", "benchmarks"], out)


def program(options, name):
    """The path of one of the programs; None when it was left out."""
    for folder in ("benchmarks", "bin"):
        path = options.build_dir / folder / name
        if path.exists():
            return path
    return None


def require(options, name):
    path = program(options, name)
    if not path:
        raise Trouble(f"{name} was not built; scripts/bootstrap --benchmarks installs what it may "
                      "lack")
    return path


def _run(words, out):
    try:
        status = subprocess.run(words, cwd=ROOT, stdout=out, stderr=out, check=False).returncode
    except FileNotFoundError:
        raise Trouble(f"there is no {words[0]}: run scripts/bootstrap") from None
    if status:
        raise Trouble(f"the build failed: see {out.name}")
