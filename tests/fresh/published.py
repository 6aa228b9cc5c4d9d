#!/usr/bin/env python3
"""Judges the histories that other checkers have published, and compares with what their authors say of them.

  tests/fresh/published.py build/release/mznode DIRECTORY

DIRECTORY has checkouts of some of these, each under its name:

  porcupine                    github.com/anishathalye/porcupine           test_data
  AWDIT                        github.com/lassemoldrup/AWDIT               histories/tests
  CobraLogs                    github.com/DBCobra/CobraLogs
  PolySI-PVLDB2023-Artifacts   github.com/hengxin/PolySI-PVLDB2023-Artifacts
  IsoVista                     github.com/hengxin/IsoVista                 history/bugs
  VeriStrong                   github.com/CzxingcHen/VeriStrong            history

A line for each of them and each model: how many histories are judged as their authors say, how many otherwise, and how
many cannot be judged, since they write a value twice, are empty, or lack the log of a session. Exits with 1 where one
is judged otherwise, or the search gives up.
"""

import collections
import pathlib
import re
import subprocess
import sys

SESSION = "strong-session-"
# What papers call read committed, read atomic and causal.
WEAK = [SESSION + "monotonic-atomic-view", SESSION + "read-atomic", "causal"]
SI = SESSION + "snapshot-isolation"
SER = SESSION + "serializable"
TRANSACTIONS = ["-w", "rw-register", "--complete", "--consistency-models"]
NOT_JUDGED = re.compile("the versions of a key must differ|the history has no operation of a client")


def directories(root):
    """Those with Cobra's logs, or with dbcop's binary."""
    return sorted({file.parent for pattern in ("*.log", "history.bincode") for file in root.rglob(pattern)
                   if file.name[0] != "J"})  # Viper's JSON


def is_whole(directory):
    """Of Cobra's logs, whether there is one for each session that has left notes beside it."""
    return all(notes.with_suffix(".log").exists() for notes in directory.glob("T*.debug"))


def porcupine(root):
    for file in sorted((root / "test_data" / "kv").glob("*.txt")):
        yield ["-w", "kv"], file, file.stem.endswith("-ok")
    said = re.findall(r"checkJepsen\(t, (\d+), (true|false)\)", (root / "porcupine_test.go").read_text())
    for number, valid in said:
        yield ["-w", "cas-register"], root / "test_data" / "jepsen" / f"etcd_{int(number):03}.log", valid == "true"


def awdit(root):
    """The directory names the strongest of the models that hold."""
    for rank, name in enumerate(["none", "read-committed", "read-atomic", "causal"]):
        for file in sorted((root / "histories" / "tests" / name).rglob("*.txt")):
            for demanded, model in enumerate(WEAK):
                yield TRANSACTIONS + [model], file, demanded < rank


def cobra(root):
    for directory in directories(root):
        yield TRANSACTIONS + [SER], directory, "ser-violation" not in directory.parts


def polysi(root):
    histories = root / "artifact" / "PolySIHistories"
    texts = sorted((histories / "violations").rglob("*.txt"))
    for place in directories(histories) + texts:
        yield TRANSACTIONS + [SI], place, "violations" not in place.parts


def isovista(root):
    for name, model in {"dgraph_si": SI, "pg_ser_bug": SER, "yugabyte_tcc": "causal"}.items():
        yield TRANSACTIONS + [model], root / "history" / "bugs" / (name + ".txt"), False


def veristrong(root):
    """Of dbcop's in table 2, nobody says which are right."""
    history = root / "history"
    for part in ("ser", "si"):
        model = [SER, SI][part == "si"]
        for figure in ("fig11", "fig12"):
            for directory in directories(history / figure / part):
                yield TRANSACTIONS + [model], directory, True
        for place in ("cobra", "polysi"):
            for found in directories(history / "table2" / part / place):
                yield TRANSACTIONS + [model], found, False
            for found in sorted((history / "table2" / part / place).rglob("*.txt")):
                yield TRANSACTIONS + [model], found, False


SOURCES = {"porcupine": porcupine, "AWDIT": awdit, "CobraLogs": cobra, "PolySI-PVLDB2023-Artifacts": polysi,
           "IsoVista": isovista, "VeriStrong": veristrong}


def main(program, within):
    failed = False
    if not any((pathlib.Path(within) / name).is_dir() for name in SOURCES):
        sys.exit(f"{within} has no checkout of {', '.join(SOURCES)}")
    for name, histories in SOURCES.items():
        root = pathlib.Path(within) / name
        if not root.is_dir():
            print(f"{name}: not there")
            continue
        counts = collections.defaultdict(collections.Counter)
        for choice, path, is_valid in histories(root):
            results = counts[choice[-1] if len(choice) > 2 else choice[1]]
            if not is_whole(path):
                results["not judged"] += 1
                continue
            run = subprocess.run([program, "check"] + choice + [str(path)], capture_output=True, text=True)
            said = run.stdout.rstrip("\n").split("\t")[1] if run.stdout else "nothing"
            if said == ("true" if is_valid else "false"):
                result = "as they say"
            elif said == "unknown" and NOT_JUDGED.search(run.stderr):
                result = "not judged"
            else:
                result = "otherwise"
                failed = True
                print(f"{path}: {said} instead of {is_valid}: {run.stderr.strip()}", file=sys.stderr)
            results[result] += 1
        for model, results in counts.items():
            print(f"{name}, {model}: " + ", ".join(f"{count} {result}" for result, count in sorted(results.items())))
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
