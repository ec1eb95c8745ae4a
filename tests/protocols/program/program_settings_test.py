# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The settings of whole programs: given, dumped, stored, forgotten, damaged."""

import json
import os
import pwd
import stat
import subprocess
import unittest
from pathlib import Path

import sample_programs
from sample_programs import DEFAULTS, DUMP, programs

BESIDE = ("the file is damaged, or of another version of the program: correct it, or forget it with "
          "--factory_reset")


class Flags(sample_programs.ProgramTest):
    # Crunch 27: --dump_settings prints the settings, with overrides applied.
    def test_dumps_settings(self):
        self.check_server("--dump_settings", stdout=DUMP)
        self.check_server("--port=6000", "--dump-settings",
                          stdout=DUMP.replace("5051", "6000"))

    # Crunch 27: a flag per member.
    def test_each_member_is_a_flag(self):
        given = self.settings("--host", "::1", "--port=6000", "--is-loud", "--ratio=2", "--limit=3",
                              "--colour=green", "--numbers=[]", "--peer=example.com:80")
        self.assertEqual(given, {"host": "::1", "port": 6000, "is_loud": True, "ratio": 2,
                                 "limit": 3, "colour": "green", "numbers": [],
                                 "peer": {"host": "example.com", "port": 80}})

    # Crunch 27: nested settings are JSON.
    def test_nested_settings_are_json(self):
        given = self.settings('--peer={"host":"example.com","port":80}')
        self.assertEqual(given["peer"], {"host": "example.com", "port": 80})

    # Crunch 27: dashes and underscores are the same in every flag, glog's among them.
    def test_dashes_and_underscores_are_the_same(self):
        for spelling in ("--is-loud", "-is_loud", "--is_loud=true"):
            self.assertTrue(self.settings(spelling)["is_loud"])
        self.check_server("--max-log-size=1", "--log_utc-time", "--dump-settings", stdout=DUMP)

    # Crunch 27: an unknown flag or member is an error that names it.
    def test_unknown_flags_and_members_are_named(self):
        self.check_server("--colours=3", status=2, stderr="sample_server: Unknown flag: --colours\n")
        self.check_server('--peer={"hots":"x"}', status=2, stderr='sample_server: --peer: unknown '
                          'member "hots" in "HostPort"\n')
        self.check_server("x.json", status=2, stderr="sample_server: Not a flag: x.json\n")

    def test_a_value_that_does_not_fit_is_named(self):
        self.check_server("--port=70000", status=2, stderr='sample_server: --port: 70000 is out of '
                          'range for member "port" of "Settings"\n')

    def test_help_lists_members_with_types_and_defaults(self):
        result = self.run_program("sample_server", "--help", "--port=70000")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        text = result.stdout.decode()
        self.assertTrue(text.startswith("Usage: sample_server [FLAG]...\nEchoes.\n"), text)
        for lines in ("  --port=5051\n      an integer from 0 to 65535\n",
                      "  --host=127.0.0.1\n      text\n", "  --dump_settings\n",
                      "  --greetings=1\n      how often it says where it listens\n",
                      f"  --settings_file={self.file}\n", "  --v=0\n"):
            self.assertIn(lines, text)
        self.assertNotIn("--flagfile", text)

    def test_arguments_are_for_programs_that_take_them(self):
        self.check_client("a", "--value=1", "--", "--b", stdout="a\n--b\nOutput(value=1.0)\n")


class Stored(sample_programs.ProgramTest):
    # Crunch 27: --store_settings saves them, prints Ack() and exits without serving.
    def test_stores_settings(self):
        self.check_server("--port=6000", "--is_loud", "--store_settings", stdout="Ack()\n")
        self.assertEqual(json.loads(self.file.read_text("utf-8")),
                         {"value": {**DEFAULTS, "port": 6000, "is_loud": True}})
        self.assertEqual(self.settings(), {**DEFAULTS, "port": 6000, "is_loud": True})

    # Crunch 27: a plain override is transient.
    def test_a_plain_override_is_transient(self):
        self.check_server("--port=6000", "--store_settings", stdout="Ack()\n")
        self.assertEqual(self.settings("--port=7000")["port"], 7000)
        self.assertEqual(self.settings()["port"], 6000)

    def test_storing_adds_to_what_is_stored(self):
        self.check_server("--port=6000", "--store_settings", stdout="Ack()\n")
        self.check_server("--ratio=0.25", "--store-settings", stdout="Ack()\n")
        self.assertEqual(self.settings(), {**DEFAULTS, "port": 6000, "ratio": 0.25})

    # Crunch 27: only --store_settings writes the file; a missing file means the defaults.
    def test_nothing_else_writes(self):
        self.check_server("--port=6000", "--dump_settings", stdout=DUMP.replace("5051", "6000"))
        self.check_client("--value=1", stdout="Output(value=1.0)\n")
        self.assertEqual(os.listdir(self.folder), [])

    def test_what_is_stored_is_for_its_owner_alone(self):
        self.check_server("--store_settings", stdout="Ack()\n")
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.file.parent.stat().st_mode), 0o700)
        self.assertEqual(os.listdir(self.file.parent), ["sample_server.json"])

    # Crunch 27: --factory_reset.
    def test_forgets_what_is_stored(self):
        self.check_server("--port=6000", "--store_settings", stdout="Ack()\n")
        self.check_server("--factory-reset", stdout="Ack()\n")
        self.assertFalse(self.file.exists())
        self.assertEqual(self.settings(), DEFAULTS)
        self.check_server("--factory-reset", stdout="Ack()\n")

    def test_forgetting_and_storing_begins_with_the_defaults(self):
        self.check_server("--port=6000", "--store_settings", stdout="Ack()\n")
        self.check_server("--factory_reset", "--ratio=2", "--store_settings", stdout="Ack()\n")
        self.assertEqual(self.settings(), {**DEFAULTS, "ratio": 2})

    def test_forgetting_and_dumping(self):
        self.check_server("--port=6000", "--store_settings", stdout="Ack()\n")
        self.check_server("--factory_reset", "--dump_settings", stdout=DUMP)
        self.assertFalse(self.file.exists())

    # Crunch 27: --settings_file.
    def test_another_file(self):
        other = self.folder / "deep" / "down" / "other.json"
        self.check_server(f"--settings_file={other}", "--port=6000", "--store_settings",
                          stdout="Ack()\n")
        self.assertEqual(self.settings(), DEFAULTS)
        self.assertEqual(self.settings(f"--settings-file={other}")["port"], 6000)
        self.assertEqual(self.settings("--settings_file=deep/down/other.json")["port"], 6000)

    def test_a_dump_is_a_settings_file(self):
        dump = self.run_program("sample_server", "--port=6000", "--dump_settings").stdout
        (self.folder / "here.json").write_bytes(dump)
        self.assertEqual(self.settings("--settings_file=here.json")["port"], 6000)

    def test_what_a_link_names_is_replaced(self):
        kept = self.folder / "kept.json"
        kept.write_text(DUMP, encoding="utf-8")
        self.file.parent.mkdir()
        self.file.symlink_to("../kept.json")
        self.check_server("--port=6000", "--store_settings", stdout="Ack()\n")
        self.assertTrue(self.file.is_symlink())
        self.assertEqual(json.loads(kept.read_text("utf-8"))["value"]["port"], 6000)

    def test_several_store_at_once(self):
        words = [programs.command("sample_server", f"--port={port}", "--store_settings")
                 for port in range(6000, 6016)]
        running = [subprocess.Popen(each, env=self.environment, stdout=subprocess.DEVNULL)
                   for each in words]
        self.assertEqual([process.wait(programs.DEADLINE) for process in running], [0] * 16)
        self.assertIn(self.settings()["port"], range(6000, 6016))
        self.assertEqual(os.listdir(self.file.parent), ["sample_server.json"])

    def test_each_program_has_its_own(self):
        self.check_client("--value=7", "--store_settings", stdout="Ack()\n")
        self.check_client(stdout="Output(value=7.0)\n")
        self.assertEqual(self.settings(), DEFAULTS)


class Folder(sample_programs.ProgramTest):
    """Where the file is."""

    def check_stored_at(self, path, **environment):
        result = self.run_program("sample_server", "--store_settings", **environment)
        self.check(result, stdout="Ack()\n")
        self.assertTrue(Path(path).is_file(), path)

    # Crunch 27: $XDG_CONFIG_HOME/couplet/<program>.json, else ~/.config/couplet/<program>.json.
    def test_the_home_folder_where_there_is_no_other(self):
        home = self.folder / "home"
        expected = home / ".config" / "couplet" / "sample_server.json"
        for config in (None, "", "relative/path"):
            self.check_stored_at(expected, XDG_CONFIG_HOME=config, HOME=str(home))
            expected.unlink()
        self.assertEqual(os.listdir(self.folder), ["home"])

    def test_a_home_that_is_none(self):
        for home in ("/dev/null", "/nowhere"):
            self.assertEqual(self.settings(XDG_CONFIG_HOME=None, HOME=home), DEFAULTS)

    def test_the_home_folder_that_the_system_knows(self):
        text = self.run_program("sample_server", "--help", XDG_CONFIG_HOME=None, HOME=None).stdout
        home = pwd.getpwuid(os.geteuid()).pw_dir
        self.assertIn(f"--settings_file={home}/.config/couplet/sample_server.json\n", text.decode())

    def test_the_name_of_the_program_is_that_of_the_file(self):
        link = self.folder / "another name"
        link.symlink_to(programs.command("sample_server")[0])
        result = programs.run_command([str(link), "--store_settings"], env=self.environment)
        self.check(result, stdout="Ack()\n")
        self.assertTrue((self.folder / "couplet" / "another name.json").is_file())


class Damaged(sample_programs.ProgramTest):
    """A file that is no good is an error, and stays as it is."""

    def check_refused(self, text, why):
        self.write(text)
        for arguments in ((), ("--port=0",), ("--dump_settings",), ("--store_settings",)):
            self.check_server(*arguments, status=172, stderr="sample_server: cannot use the settings "
                              f'in "{self.file}" ({why}; {BESIDE})\n')
        self.assertEqual(self.file.read_text("utf-8"), text)

    def test_a_member_of_a_newer_version(self):
        self.check_refused('{"value":{"port":6000,"colours":3}}',
                           'unknown member "colours" in "Settings"')

    def test_a_value_of_a_newer_version(self):
        self.check_refused('{"value":{"port":"http"}}',
                           '"http" is not an integer for member "port" of "Settings"')

    def test_a_file_that_is_cut_off(self):
        self.write('{"value":{"host":"127.0.0.1","po')
        result = self.run_program("sample_server")
        self.assertEqual((result.returncode, result.stdout), (172, b""))
        self.assertIn(f'cannot use the settings in "{self.file}" (no JSON', result.stderr.decode())

    def test_what_is_no_settings(self):
        for text in ("", "[]", "7", "\0" * 100, '{"port":6000}', '{"value":[]}', '{"value":{}} x',
                     '{"value":{},"version":2}', '{"value":{"port":1,"port":2}}', "[" * 100000):
            self.write(text)
            result = self.run_program("sample_server", "--dump_settings")
            self.assertEqual((result.returncode, result.stdout), (172, b""), text[:50])
            self.assertEqual(self.file.read_text("utf-8"), text)

    def test_a_file_that_is_too_long(self):
        self.write('{"value":{}}' + " " * (1 << 20))
        self.check_server(status=172, stderr="sample_server: cannot read the settings in "
                          f'"{self.file}" ([Errno 27] File too large)\n')

    def test_a_folder_in_its_place(self):
        self.file.mkdir(parents=True)
        self.check_server(status=172, stderr="sample_server: cannot read the settings in "
                          f'"{self.file}" ([Errno 21] Is a directory)\n')
        self.check_server("--factory_reset", status=172, stderr="sample_server: cannot remove the "
                          f'settings in "{self.file}" ([Errno 21] Is a directory)\n')

    def test_is_forgotten_when_that_is_asked_for(self):
        self.write("damaged")
        self.check_server("--factory_reset", "--port=6000", "--store_settings", stdout="Ack()\n")
        self.assertEqual(self.settings()["port"], 6000)
        self.write("damaged")
        self.check_server("--factory_reset", stdout="Ack()\n")
        self.assertEqual(self.settings(), DEFAULTS)


class NotStored(sample_programs.ProgramTest):
    def test_a_folder_that_is_a_file(self):
        (self.folder / "couplet").write_text("", encoding="utf-8")
        self.check_server("--store_settings", status=172, stderr="sample_server: cannot store the "
                          f'settings in "{self.file}" ([Errno 20] Not a directory)\n')

    def test_a_device(self):
        self.check_server("--settings_file=/dev/null", "--factory_reset", "--store_settings",
                          status=172, stderr="sample_server: cannot store the settings in "
                          '"/dev/null" ([Errno 22] Invalid argument)\n')
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_text_that_no_json_can_have(self):
        result = self.run_program("sample_server", "--host=\udcff", "--store_settings")
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertIn("sample_server: --host: ", result.stderr.decode())
        self.assertFalse(self.file.exists())


if __name__ == "__main__":
    programs.main()
