#!/usr/bin/env python3
"""Runs nodes that make mistakes (tests/languages/mistakes) and mutants, and writes what `mznode test` says of each.

first_lines.py [path/to/mznode [path/to/mutant_lines]] > FIRST_LINES.md

A point of the list is a mistake: the first line of the verdict, what the story tells, and whether the line names the
cause, which is whether it holds what tests/languages/mistakes/first_lines.tsv says, in virtual and in real time. Real
time is tried where it shows the mistake within seconds. Mutants are the broken nodes of the test suite
(tests/workloads/mutants), which the program mutant_lines runs: what their first lines have to hold, and whether a
person finds the cause in it, stands in first_lines.tsv beside them.
"""

import argparse
import datetime
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "languages" / "mistakes"
INTERPRETERS = {".py": "python3", ".js": "node", ".rb": "ruby"}
LANGUAGES = {".py": "Python", ".js": "JavaScript", ".rb": "Ruby", ".go": "Go"}

# Why there is no honest line of the mutant that has none.
ADMITTED = (
    "CasPaxosSkipsTheReadPhase has no honest line: it asks for promises and gets them, and then puts what it has itself "
    "accepted in the place of what they hold. All messages are sent and answered as they should be, and what a node makes "
    "of an answer, whose form is the strategy's own, no message shows. The line says which operations contradict each "
    "other, and the story that the node had heard from the other one since.")


def interpreter(name):
    """The machine's own before one that a version manager puts into PATH, which runs a shell first."""
    return shutil.which(name, path="/usr/bin:/usr/local/bin") or shutil.which(name)


def rows():
    for line in (FOLDER / "first_lines.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def command_of(program, build):
    """How a node is started: the program for --bin, and its first arguments."""
    path = FOLDER / program
    if path.suffix != ".go":
        return interpreter(INTERPRETERS[path.suffix]), [str(path)]
    binary = build / "wrong_go_node"
    if not binary.exists():
        subprocess.run(["go", "build", "-o", binary, path], check=True)
    return str(binary), []


def run(mznode, row, time, build):
    program, workload, mistake, nodes = row[:4]
    binary, arguments = command_of(program, build)
    limit = "2" if time == "real" else "5"
    said = subprocess.run(
        [mznode, "test", "-w", workload, "--bin", binary, "--node-count", nodes, "--rate", "20", "--time-limit", limit,
         "--time", time, "--store", "", "--", *arguments, workload, mistake],
        capture_output=True, text=True, check=False)
    return said.stdout.splitlines()[1:]


def story_of(lines):
    """The title of the first story, which a terminal's width has cut into lines."""
    words = []
    for line in lines:
        if words and not line.startswith(" " * 15):
            break
        if words or line.startswith("  why "):
            words.append(line.removeprefix("  why").strip())
    return " ".join(words)


def cell(text):
    text = re.sub(r"^ +(nodes|seen|why|stats|workload|claims) +", "", text)
    text = text.replace(str(FOLDER) + "/", "").replace("|", "\\|")
    text = re.sub(r"/\S*mznode-nodes-\S*/", "", text)
    longest = 240
    return (text if len(text) <= longest else text[:longest] + " …").replace("<", "&lt;").replace("`", "'")


def entry(label, first, story, virtual, real):
    """A point of a list, within the width of the pages."""
    words = f"- **{label}** (right: {virtual}" + ("" if real == "-" else f", in real time: {real}") + f"): {first}"
    return textwrap.fill(words + (f" Story: {story}." if story else ""), width=118, subsequent_indent="  ",
                         break_on_hyphens=False)


def of_mistakes(mznode):
    done = []
    with tempfile.TemporaryDirectory(prefix="mznode-first-lines-") as build:
        for row in rows():
            program, workload, mistake, nodes, in_real_time, part = row
            lines = run(mznode, row, "virtual", pathlib.Path(build))
            first = lines[1] if len(lines) > 1 else "nothing"
            virtual = "yes" if part in first else "no"
            real = "-"
            if in_real_time == "yes":
                real_lines = run(mznode, row, "real", pathlib.Path(build))
                real = "yes" if len(real_lines) > 1 and part in real_lines[1] else "no"
            print(f"{program} {workload} {mistake}: {virtual}, {real}", file=sys.stderr)
            language = LANGUAGES[pathlib.Path(program).suffix]
            done.append([f"{language}: {workload}, {mistake}", cell(first), cell(story_of(lines)), virtual, real])
    return done


def of_mutants(program):
    """Of each mutant: its name, what it ran under, the first line, the story, and whether that names the cause."""
    said = subprocess.run([program], capture_output=True, text=True, check=False)
    print(said.stderr, end="", file=sys.stderr)
    for line in said.stdout.splitlines():
        name, workload, nodes, faults, seed, right, first, story = line.split("\t")
        label = f"{name}: {workload}, {nodes} node{'s' if nodes != '1' else ''}, {faults}, seed {seed}"
        # The story often is the first line.
        yield [label, cell(first), "" if story == first else cell(story), right, "-"]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("mznode", nargs="?", default=str(ROOT / "build" / "release" / "mznode"))
    options.add_argument("mutants", nargs="?", default=str(ROOT / "build" / "release" / "tests" / "mutant_lines"))
    given = options.parse_args()
    mutants = list(of_mutants(given.mutants))
    right_mutants = sum(1 for row in mutants if row[3] == "yes")
    mistakes = of_mistakes(given.mznode)
    right = sum(1 for row in mistakes if "no" not in row[3:])
    version = subprocess.run([given.mznode, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print("# What the first line says of wrong nodes\n")
    print(f"Written by maelstrom-runs/first_lines.py on {datetime.date.today()}, with {version}.")
    print(f"Of {len(mistakes)} wrong nodes the first line names the cause of {right}.\n")
    print("\n".join(entry(*row) for row in mistakes))
    print("\n## What it says of mutants\n")
    print(textwrap.fill(f"Of {len(mutants)} mutants in the test suite the first line names the cause of "
                        f"{right_mutants}. Of the others it tells what was seen; what follows valid is seen in messages, "
                        "where Maelstrom's checkers do not look and a right node may be slow, so that it stays valid.",
                        width=118) + "\n")
    print(textwrap.fill(ADMITTED, width=118) + "\n")
    print("\n".join(entry(*row) for row in mutants))


if __name__ == "__main__":
    main()
