#!/usr/bin/env python3
"""The tutorial's steps in every language do what its page says: the first loses values under its partitions, the others
do not. The commands are the page's, and so is the code: what it shows stands in the files.

Usage: tutorial_test.py MZNODE EXAMPLES, the built program and the directory in which the C++ steps were built.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from pages import blocks_of, not_printed

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "examples" / "tutorial"
STEPS = ["1_naive", "2_acks", "3_windows", "4_fail_over"]
SEEDS = "0..2"
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)
        print(f"FAILED: {what}")


def lacks(lines, source):
    """The first of the lines that does not stand behind the one before it, with only spaces and other lines between."""
    position = 0
    for line in lines:
        found = source.find(line.strip(), position)
        if found < 0:
            return line
        position = found + len(line.strip())
    return None


def check_code(page):
    """Every block of code on the page is part of one of the step's files."""
    suffixes = {"cpp": "*.cpp", "python": "python/*.py", "go": "go/*/*.go"}
    shown = {language: 0 for language in suffixes}
    for language, text, _ in blocks_of(page):
        if language not in suffixes:
            continue
        shown[language] += 1
        sources = [path.read_text() for path in TUTORIAL.glob(suffixes[language])]
        lines = [line for line in text.splitlines() if line.strip()]
        expect(any(lacks(lines, source) is None for source in sources), f"no file has this {language}:\n{text}")
    for language, count in shown.items():
        expect(count >= len(STEPS), f"the page shows {count} blocks of {language}, fewer than steps")


def command_of(page):
    """The command that tests a step, as words."""
    commands = [text for _, text, _ in blocks_of(page) if " --bin $STEP " in text]
    assert len(commands) == 1, "one block of the page tests $STEP"
    return commands[0].partition("mznode test")[2].replace("\\\n", " ").split()


def programs(examples, work):
    """The name of each step in each language that there is, and the program."""
    for step in STEPS:
        yield step, TUTORIAL / "python" / f"{step}.py"
        if (examples / f"step_{step}").exists():
            yield step, examples / f"step_{step}"
    if shutil.which("go"):
        environment = {**os.environ, "GOPROXY": "off", "GOFLAGS": "-mod=mod"}
        build = ["go", "build", "-o", f"{work}/", "./..."]
        subprocess.run(build, cwd=TUTORIAL / "go", env=environment, check=True)
        for step in STEPS:
            yield step, work / step
    else:
        print("Go is not installed: its steps are left out")


def verdicts(command, program, seeds):
    """The verdict of each seed, and all that was printed."""
    words = [str(program) if word == "$STEP" else word for word in command]
    words += ["--store", "", "--json", "--seeds", seeds]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [line["valid?"] for line in lines], f"{done.stdout}{done.stderr}"


def check_step(command, step, program, seeds):
    found, printed = verdicts(command, program, seeds)
    is_naive = step == STEPS[0]
    expect(found and all(each is not is_naive for each in found), f"{program}, seeds {seeds}: {found}\n{printed}")
    if is_naive:
        expect(printed.count('"workload: lost [') == len(found), f"{program} loses nothing:\n{printed}")
        # It is right as long as nothing goes wrong.
        quiet = command[: command.index("--nemesis")]
        found, printed = verdicts(quiet, program, "0..0")
        expect(found == [True], f"{program} without partitions: {found}\n{printed}")


def check_figures(page, command, examples):
    """What the page shows of each step is what its program in C++ prints, with seed 0 and in virtual time."""
    for section in re.split(r"^## ", page, flags=re.MULTILINE):
        program = next((examples / f"step_{step}" for step in STEPS if section.startswith(f"{step[0]}. ")), None)
        if program is None or not program.exists():
            continue
        shown = [text for language, text, _ in blocks_of(section) if not language]
        expect(len(shown) == 1, f"{program.name}: {len(shown)} outputs are shown")
        words = [str(program) if word == "$STEP" else word for word in command]
        # What is not stored keeps no messages, of which the story tells.
        with tempfile.TemporaryDirectory() as store:
            words += ["--store", store]
            done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for text in shown:
            line = not_printed(text, done.stdout)
            expect(line is None, f"{program.name}: the page shows what was not printed: {line}\n{done.stdout}")


def main():
    mznode, examples = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    page = (TUTORIAL / "README.md").read_text()
    check_code(page)
    command = command_of(page)
    command = [str(mznode), "test", *command[: command.index("--report")]]
    # In real time each seed takes 20 seconds.
    probe = [*command[: command.index("--node-count")], "--time", "virtual", "--time-limit", "2"]
    found, _ = verdicts(probe, TUTORIAL / "python" / "1_naive.py", "0..0")
    seeds = SEEDS if found else "0..0"
    if found:
        check_figures(page, command, examples)
    with tempfile.TemporaryDirectory() as work:
        for step, program in programs(examples, Path(work)):
            check_step(command, step, program, seeds)
    return 1 if failures else 0


sys.exit(main())
