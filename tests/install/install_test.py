# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Builds and runs the outside project against Couplet, as others get it: see README.md.

    python3 install_test.py static|shared|subdirectory|pkg_config|deb --source . --build build/release

Works in a folder of its own below the build folder, which it leaves there for a look.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import deb_package
import exported_symbols

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]
PARTS = ["CMakeLists.txt", "LICENSE", "CHANGELOG.md", "cmake", "deferred", "reactor", "protocols"]
TALK = "heard hello\nheard again\nended: Connection was closed cleanly.\n"
# The one error that the talk ends with, in glog's form; and nothing of glog's own.
TALK_LOG = (r"E\d{8} [\d:.]+ +\d+ connection\.cc:\d+\] Exception in dataReceived, on the connection "
            r"with 127\.0\.0\.1:\d+: told to fail \(std::runtime_error\)\n")


def fail(text):
    sys.exit(f"install_test: {text}")


def run(*words, **options):
    """Runs a command to its end; its output is shown only when it fails."""
    words = [str(word) for word in words]
    done = subprocess.run(words, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        fail(f"{' '.join(words)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


class Work:
    """The folder of one test, the project in it, and the compilers."""

    def __init__(self, arguments):
        self.source, self.build = arguments.source.resolve(), arguments.build.resolve()
        self.gxx, self.clangxx = arguments.gxx, arguments.clangxx
        self.launcher = arguments.launcher
        self.folder = self.build / "install_test" / arguments.way
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.project = self.folder / "outside"
        shutil.copytree(Path(__file__).resolve().parent / "outside", self.project)

    def configure(self, source, build, compiler, *definitions):
        launcher = [f"-DCMAKE_CXX_COMPILER_LAUNCHER={self.launcher}"] if self.launcher else []
        run("cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}",
            "-DCMAKE_BUILD_TYPE=Release", *launcher, *definitions)

    def build_couplet(self, *definitions):
        """Builds the libraries anew, otherwise than in the build folder; gives where."""
        build = self.folder / "couplet-build"
        self.configure(self.source, build, self.gxx, "-DCOUPLET_TESTS=OFF",
                       "-DCOUPLET_EXAMPLES=OFF", *definitions)
        run("cmake", "--build", build, "-j2")
        return build

    def install(self, build):
        """Installs, moves what was installed, and gives where it is."""
        first, prefix = self.folder / "first", self.folder / "prefix"
        run("cmake", "--install", build, "--prefix", first)
        first.rename(prefix)
        self.check_paths(prefix)
        return prefix

    def check_paths(self, prefix):
        for path in sorted(prefix.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                for folder in (self.source, self.build, self.folder):
                    if os.fsencode(folder) in content:
                        fail(f"{path} knows of {folder}")

    def build_project(self, name, compiler, *definitions):
        """Builds the outside project and runs its programs; gives where they are."""
        build = self.folder / name
        self.configure(self.project, build, compiler, *definitions)
        run("cmake", "--build", build, "-j2")
        check_programs(build)
        return build

    def compile(self, output, compiler, *words, packages, environment):
        flags = run("pkg-config", "--cflags", "--libs", *packages, env=environment).stdout.split()
        run(compiler, "-O2", *STRICT, *words, "-o", self.folder / output, *flags)


def check_programs(folder):
    done = run(folder / "talk")
    if done.stdout != TALK:
        fail(f"talk says\n{done.stdout}instead of\n{TALK}")
    if not re.fullmatch(TALK_LOG, done.stderr):
        fail(f"talk logs\n{done.stderr}instead of one line like\n{TALK_LOG}")
    run(folder / "greeter_test")
    settings = f"--settings_file={folder / 'doubler.json'}"
    run(folder / "doubler", settings, "--value=1.5", "--store-settings")
    if run(folder / "doubler", settings).stdout != "Output(value=3.0)\n":
        fail("doubler does not double what is stored")


def check_headers(work, prefix, compilers):
    """All headers, in one source each time, with more warnings than they were written with."""
    headers = sorted(path.relative_to(prefix / "include").as_posix()
                     for path in (prefix / "include").rglob("*.h"))
    if "couplet/deferred/deferred.h" not in headers:
        fail(f"where are the headers? There are only {headers}")
    source = work.folder / "headers.cc"
    source.write_text("".join(f"#include <{header}>\n" for header in headers), encoding="utf-8")
    for compiler in compilers:
        for standard in ("c++20", "c++2b"):
            run(compiler, f"-std={standard}", *STRICT, "-fsyntax-only", f"-I{prefix}/include", source)


def check_internal_headers(prefix):
    """Those are there that public headers include, directly or not, and no others."""
    texts = {path.relative_to(prefix / "include").as_posix(): path.read_text(encoding="utf-8")
             for path in (prefix / "include").rglob("*.h")}
    left = [name for name in texts if "/detail/" not in name]
    needed = set(left)
    while left:
        found = set(re.findall(r"^#include <(couplet/.*)>$", texts[left.pop()], re.MULTILINE))
        if missing := found - set(texts):
            fail(f"headers are not installed: {sorted(missing)}")
        left += found - needed
        needed |= found
    internal = [name for name in texts if name not in needed and "/deferred/" not in name]
    if internal:
        fail(f"internal headers are installed: {sorted(internal)}")


def static(work):
    prefix = work.install(work.build)
    check_internal_headers(prefix)
    check_headers(work, prefix, [work.gxx, work.clangxx])
    found = f"-DCMAKE_PREFIX_PATH={prefix}"
    work.build_project("with-gxx", work.gxx, found, "-DCMAKE_CXX_STANDARD=20")
    work.build_project("with-clang", work.clangxx, found, "-DCMAKE_CXX_STANDARD=23",
                       "-DCMAKE_BUILD_TYPE=Debug")


def shared(work):
    prefix = work.install(work.build_couplet("-DBUILD_SHARED_LIBS=ON"))
    exported_symbols.check(prefix, work.source)
    for name, compiler in (("with-gxx", work.gxx), ("with-clang", work.clangxx)):
        build = work.build_project(name, compiler, f"-DCMAKE_PREFIX_PATH={prefix}")
        run(build / "load_plugins", build / "libfirst.so", build / "libsecond.so")
    compile_with_pkg_config(work, prefix, [f"-Wl,-rpath,{prefix}/lib"])


def subdirectory(work):
    copy = work.folder / "couplet"
    copy.mkdir()
    for part in PARTS:
        copying = shutil.copytree if (work.source / part).is_dir() else shutil.copy
        copying(work.source / part, copy / part)
    build = work.build_project("build", work.gxx, f"-DCOUPLET_SOURCE={copy}")
    if "No tests were found" not in run("ctest", "--test-dir", build).stderr:
        fail("Couplet's tests are among those of the project that it is a part of")


def compile_with_pkg_config(work, prefix, more=()):
    environment = {**os.environ, "PKG_CONFIG_PATH": str(next(prefix.rglob("pkgconfig")))}
    work.compile("talk", work.gxx, "-std=c++2b", work.project / "talk.cc", *more,
                 packages=["couplet"], environment=environment)
    work.compile("doubler", work.gxx, "-std=c++20", work.project / "doubler.cc", *more,
                 packages=["couplet-program"], environment=environment)
    work.compile("greeter_test", work.gxx, "-std=c++20", work.project / "greeter_test.cc", *more,
                 packages=["couplet-testing", "gtest_main"], environment=environment)
    check_programs(work.folder)


def pkg_config(work):
    prefix = work.install(work.build)
    compile_with_pkg_config(work, prefix)
    # A program under ASan and without NDEBUG goes with a library that was built otherwise.
    compile_with_pkg_config(work, prefix, ["-O1", "-g", "-UNDEBUG", "-fsanitize=address,undefined"])


def deb(work):
    said = run(work.source / "scripts" / "package", work.folder / "couplet-build").stdout
    package = Path(said.strip())
    root = work.folder / "root"
    with deb_package.installed(package, root, run, fail):
        work.check_paths(root / "usr")
        work.build_project("with-gxx", work.gxx, f"-DCMAKE_PREFIX_PATH={root}/usr")
        compile_with_pkg_config(work, root / "usr")


WAYS = [static, shared, subdirectory, pkg_config, deb]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("way", choices=[way.__name__ for way in WAYS])
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--gxx", default="g++")
    parser.add_argument("--clangxx", default="clang++-14")
    parser.add_argument("--launcher", default="")
    arguments = parser.parse_args()
    {way.__name__: way for way in WAYS}[arguments.way](Work(arguments))


if __name__ == "__main__":
    main()
