#!/usr/bin/env python3
"""The checkers from Python and from C.

Usage: python_module_test.py LIBRARY, the built libmznode_check.so.
"""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "core/check/c"
LIBRARY = Path(sys.argv.pop(1)).resolve()
os.environ["MZNODE_CHECK_LIBRARY"] = str(LIBRARY)
sys.path.insert(0, str(SOURCE))
import mznode_check

# As Elle's documentation shows it.
G1C = """{:type :ok, :value [[:append :x 1] [:r :y [1]]]}
{:type :ok, :value [[:append :x 2] [:append :y 1]]}
{:type :ok, :value [[:r :x [1 2]]]}
"""

C_PROGRAM = r"""
#include <mznode_check.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  const char* history = "{:type :ok, :value [[:append :x 1] [:r :x [1]]]} {:type :ok, :value [[:r :x [1]]]}";
  mznode_verdict* verdict = mznode_check("list-append", history, strlen(history), "{\"explain\": false}");
  if (verdict == NULL || mznode_check_version() != MZNODE_CHECK_VERSION) return 1;
  printf("%d %s\n", mznode_verdict_valid(verdict), mznode_verdict_json(verdict));
  mznode_verdict_free(verdict);
  mznode_verdict_free(NULL);
  return 0;
}
"""


class Module(unittest.TestCase):
    def test_tells_what_was_found(self):
        verdict = mznode_check.check("list-append", G1C, consistency_models=["serializable"])
        self.assertIs(verdict.valid, False)
        self.assertEqual(verdict.details["anomaly-types"], ["G1c"])
        self.assertEqual(verdict.explanation[0], "G1c: these transactions come before one another")

    def test_takes_dictionaries_bytes_and_files(self):
        rows = [
            {"type": "invoke", "process": 0, "f": "write", "value": 1},
            {"type": "ok", "process": 0, "f": "write", "value": 1},
            {"type": "invoke", "process": 1, "f": "read", "value": None},
            {"type": "ok", "process": 1, "f": "read", "value": 2},
        ]
        self.assertIs(mznode_check.check("cas-register", rows).valid, False)
        rows[-1]["value"] = 1
        self.assertIs(mznode_check.check("cas-register", rows).valid, True)
        self.assertIs(mznode_check.check("list-append", G1C.encode()).valid, False)
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "history.edn.gz"
            path.write_bytes(gzip.compress(G1C.encode()))
            self.assertIs(mznode_check.check_file("list-append", path).valid, False)

    def test_reads_what_tools_store_in_directories(self):
        def log(*words):
            return b"".join(word if isinstance(word, bytes) else word.to_bytes(8, "big") for word in words)

        def bincode(*words):
            return b"".join(word if isinstance(word, bytes) else word.to_bytes(8, "little") for word in words)

        def event(is_write, key, value):
            return bincode(b"\1" if is_write else b"\0", key, value, b"\1")

        options = {"consistency_models": "causal"}
        with tempfile.TemporaryDirectory() as directory:
            store = Path(directory)
            with self.assertRaises(FileNotFoundError):
                mznode_check.check_file("rw-register", store, **options)
            (store / "T0.log").write_bytes(log(b"S", 1, b"W", 5, 8, 3, b"C", 1))
            (store / "T1.log").write_bytes(log(b"S", 2, b"R", 1, 5, 8, 3, b"C", 2))
            self.assertIs(mznode_check.check_file("rw-register", store, **options).valid, True)
            bounded = mznode_check.check_file("rw-register", store, timeout=600, **options)
            self.assertIs(bounded.valid, True)
            (store / "T1.log").write_bytes(log(b"S", 2, b"R", 1, 5, 8, 4, b"C", 2))
            self.assertIs(mznode_check.check_file("rw-register", store, **options).valid, False)
            (store / "T1.log").write_bytes(b"X")
            damaged = mznode_check.check_file("rw-register", store, **options)
            self.assertIsNone(damaged.valid)
            self.assertIn("T1.log, byte 0: expected S", damaged.error)
            with self.assertRaises(ValueError) as refused:
                mznode_check.check_file("rw-register", store, format="plume")
            self.assertIn("format is of texts", str(refused.exception))
            head = bincode(*[2] * 5, 0, 0, 0, 2)
            write = bincode(1, 1, event(True, 0, 1), b"\1")
            for seen, valid in ((1, True), (2, False)):
                (store / "history.bincode").write_bytes(head + write + bincode(1, 1, event(False, 0, seen), b"\1"))
                self.assertIs(mznode_check.check_file("rw-register", store, **options).valid, valid)
            (store / "history.edn").write_text(G1C)
            self.assertIs(mznode_check.check_file("list-append", store).valid, False)

    def test_says_why_nothing_can_be_said(self):
        self.assertIsNone(mznode_check.check("echo", "").valid)
        damaged = mznode_check.check("echo", '{"type":')
        self.assertIsNone(damaged.valid)
        self.assertIn("line 1, column 9", damaged.error)

    def test_reads_other_forms_within_bounds(self):
        self.assertIn("plume", mznode_check.formats())
        plume = "w(0,1,0,0)\nr(0,1,1,1)\n"
        for options in ({}, {"format": "plume"}, {"timeout": 600, "memory": 4096}):
            verdict = mznode_check.check("rw-register", plume, consistency_models="causal", **options)
            self.assertIs(verdict.valid, True, verdict.error)
        self.assertIsNone(mznode_check.check("rw-register", plume).valid)
        bounded = mznode_check.check("list-append", G1C, timeout=600, consistency_models="serializable")
        self.assertEqual(bounded, mznode_check.check("list-append", G1C, consistency_models="serializable"))
        long = "".join('{"type":"invoke","process":%d,"f":"echo","value":1}\n' % i for i in range(400000))
        late = mznode_check.check("echo", long, memory=16)
        self.assertIsNone(late.valid)
        self.assertIn("16 MiB", late.error)
        self.assertIs(mznode_check.check("rw-register", plume, compat="jepsen-0.3.12",
                                         consistency_models="serializable").valid, True)

    def test_refuses_what_it_does_not_know(self):
        for options, why in (
            ({"consistency_models": "serialisable"}, "did you mean serializable"),
            ({"assum": ["wfr-keys"]}, "did you mean assume"),
            ({"format": "plum"}, "did you mean plume"),
            ({"timeout": 0}, "seconds above 0"),
            ({"compat": "elle-0.1"}, "elle-0.2.7"),
            ({"assume": ["luck"]}, "wfr-keys"),
            ({"complete": 1}, "true or false"),
            ({"search_steps": 0}, "a whole number from 1"),
            ({"compat": "elle"}, "elle-0.2.7"),
            ({"search_memory": 2**45}, "from 1 to 1048576"),
            ({"memory": 2**20 + 1}, "from 1 to 1048576"),
            ({"memory": -1}, "from 1 to 1048576"),
            ({"search_steps": 2**64}, "a whole number from 1"),
            ({"timeout": 1e10}, "to 1000000000"),
            ({"group_size": 0}, "from 1 to 1048576"),
            ({"permits": 2**41}, "from 1 to 1099511627776"),
            ({"total_amount": 2**63}, "an integer of 64 bits"),
            ({"total_amount": 1.5}, "an integer of 64 bits"),
            ({"accounts": "a,,b"}, "with commas between them"),
            ({"accounts": [1]}, "in a list"),
            ({"assume": "wfr-keys,luck"}, "luck"),
            ({"model": "queue"}, "model is of linearizable"),
            ({"transaction_ordr": "ts"}, "did you mean transaction-order"),
            ({"complete": True, "compat": "elle-0.2.7"}, "exclude each other"),
        ):
            with self.assertRaises(ValueError) as refused:
                mznode_check.check("rw-register", "", **options)
            self.assertIn(why, str(refused.exception))
        for checker, options, why in (
            ("linearizable", {}, "linearizable needs model: register, "),
            ("linearizable", {"model": "queeu"}, "did you mean queue"),
            ("linearizable", {"model": 1}, "no model is called 1"),
            ("list-append", {"complete": True}, "complete is of txn-rw-register, rw-register, and not of list-append"),
            ("list-append", {"transaction_order": "ts"}, "and not of list-append"),
            ("echo\x1b\u2028", {}, "echo\\u001b\\u2028"),
        ):
            with self.assertRaises(ValueError) as refused:
                mznode_check.check(checker, "", **options)
            self.assertIn(why, str(refused.exception))
        with self.assertRaises(ValueError) as refused:
            mznode_check.check("list-apend", "")
        self.assertIn("did you mean list-append", str(refused.exception))

    def test_knows_the_options(self):
        history = [
            {"type": "invoke", "process": 0, "f": "read", "value": None},
            {"type": "ok", "process": 0, "f": "read", "value": 7},
        ]
        self.assertIs(mznode_check.check("cas-register", history).valid, False)
        self.assertIs(mznode_check.check("cas-register", history, initial_value=7, search_memory=64).valid, True)
        registers = "".join(
            '{"type":"%s","process":%d,"f":"txn","value":%s}\n' % row
            for row in (
                ("invoke", 0, '[["w","x",1],["w","y",1]]'),
                ("invoke", 1, '[["w","x",2],["w","y",2]]'),
                ("invoke", 2, '[["r","x",null],["r","y",null]]'),
                ("ok", 0, '[["w","x",1],["w","y",1]]'),
                ("ok", 1, '[["w","x",2],["w","y",2]]'),
                ("ok", 2, '[["r","x",1],["r","y",2]]'),
            )
        )
        self.assertIs(mznode_check.check("rw-register", registers).valid, False)
        without = mznode_check.check("rw-register", registers, compat="elle-0.2.7")
        self.assertIs(without.valid, True)
        self.assertEqual(without.details["version-order"], {"count": 4, "ordered": 0})

    def test_knows_the_objects(self):
        queue = [
            {"type": "invoke", "process": 0, "f": "enqueue", "value": 1},
            {"type": "ok", "process": 0, "f": "enqueue", "value": 1},
            {"type": "invoke", "process": 0, "f": "dequeue", "value": None},
            {"type": "ok", "process": 0, "f": "dequeue", "value": 2},
        ]
        self.assertIs(mznode_check.check("linearizable", queue, model="queue").valid, False)
        queue[-1]["value"] = 1
        self.assertIs(mznode_check.check("linearizable", queue, model="queue").valid, True)
        bank = [
            {"type": kind, "process": 0, "f": "read", "value": value if kind == "ok" else None}
            for value in ({"a": 3, "b": -1}, {"a": 1, "b": 1})
            for kind in ("invoke", "ok")
        ]
        self.assertIs(mznode_check.check("bank", bank).valid, False)
        for accounts, valid in (("a, b", True), (["a", "b"], True), ("a,c", False), (["a,b"], False)):
            verdict = mznode_check.check("bank", bank, negative_balances=True, accounts=accounts, total_amount=2)
            self.assertIs(verdict.valid, valid, accounts)

    def test_lists_the_checkers(self):
        self.assertIn("linearizable", mznode_check.checkers()["lin-kv"])

    @unittest.skipUnless(shutil.which("cc"), "there is no C compiler")
    def test_c_has_one_header(self):
        with tempfile.TemporaryDirectory() as directory:
            source = Path(directory) / "program.c"
            source.write_text(C_PROGRAM)
            program = Path(directory) / "program"
            subprocess.run(
                ["cc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{SOURCE}", source, "-o", program,
                 LIBRARY, f"-Wl,-rpath,{LIBRARY.parent}"],
                check=True,
            )
            printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
            self.assertEqual(printed.split(" ", 1)[0], "0")
            self.assertIn('"valid?":true', printed)


if __name__ == "__main__":
    unittest.main()
