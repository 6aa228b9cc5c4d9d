#!/usr/bin/env python3
"""Every command that a page shows runs as it stands there, one after the other in the order of the page, or is listed
below with the reason why it does not. What a page shows of the output is what was printed.

Usage: page_commands_test.py MZNODE EXAMPLES, the built program and the directory in which the examples were built.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from pages import blocks_of, not_printed

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "doc").glob("*.md"))]
PAGES += ["examples/tutorial/README.md", "packaging/README.md"]
# What a line of a block begins with when it is a command, and not what one prints.
COMMAND = re.compile(r"(mznode|make|cmake|maelstrom|tar|cd|export|docker|curl|\(cd|[A-Z_]+=\S+|\S+/\S+|bench_\w+)( |$)")

NOT_RUN = {
    "make ": "builds the tree, for minutes, or needs Maelstrom",
    "maelstrom ": "needs Maelstrom",
    "cmake ": "tests/package builds a program of one's own with what is installed",
    "build/my_node ": "the same",
    "packaging/release.sh ": "builds the program anew, for both kinds of machines",
    "mznode test -w lin-kv --bin build/release/mznode ": "measures two processors in real time",
}
# The exit code of tests that are to fail; those of the others are 0.
CODES = {"STEP=": {0}, "1_naive.py": {1}, "$STEP": {1}, "-s early-ack": {1}, "--nemesis partition,kill --seed": {0, 1}}
# What stands on the pages for all the values that a table lists.
CHOICES = {"-w W": "-w txn-list-append", "flush-ms=T": "flush-ms=396", "--delivery D": "--delivery ideal"}
CHOICES |= {"--seed N": "--seed 0"}
STRATEGIES = {"broadcast": "star", "lin-kv": "raft", "kafka": "owner", "txn-list-append": "root-cas"}

failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)
        print(f"FAILED: {what}")


class Command:
    """A command of a page, and what the page shows that it prints."""

    def __init__(self, text):
        self.text = text
        self.shown = ""

    def why_not_run(self, examples):
        if self.text.startswith("bench_") and not (examples / self.text.split()[0]).exists():
            return "the examples were not built"
        if self.text.startswith("(cd examples/tutorial/go ") and not shutil.which("go"):
            return "Go is not installed"
        if self.shown and " --bin " not in self.text and self.text.startswith("mznode "):
            return "app_test compares what it prints"
        return next((why for start, why in NOT_RUN.items() if self.text.startswith(start)), None)

    def filled(self):
        """With one of the values for which a letter stands."""
        text = self.text
        for letter, value in CHOICES.items():
            text = re.sub(re.escape(letter) + r"\b", value, text)
        workload = re.search(r" -w (\S+)", text)
        strategy = STRATEGIES.get(workload[1]) if workload else None
        return re.sub(r"(-s|--strategy) S\b", rf"\1 {strategy}", text)

    def codes(self):
        return next((codes for part, codes in CODES.items() if part in self.text), {0})


def commands_of_block(lines):
    """The commands of a block: a line each, or several that end in a backslash, or with what one reads below it."""
    commands = []
    lines = iter(lines)
    for line in lines:
        while line.endswith("\\"):
            line += "\n" + next(lines)
        end = re.search(r"<<'(\w+)'", line)
        while end and not line.endswith("\n" + end[1]):
            line += "\n" + next(lines)
        commands.append(Command(line))
    return commands


def commands_of_page(page):
    commands = []
    follows_command = False
    for language, text, before in blocks_of(page):
        is_command = not language and COMMAND.match(text.splitlines()[0]) is not None
        if is_command:
            commands += commands_of_block(text.splitlines())
        elif not language and follows_command and len(before) <= 160 and "\n#" not in before:
            commands[-1].shown = text
        follows_command = is_command
    return commands


def run(commands, directory, environment):
    """Runs commands in one shell, so that each finds what those before it have left. Gives their codes and outputs."""
    work = directory / "outputs"
    work.mkdir()
    script = ""
    for i, command in enumerate(commands):
        script += f"{{ {command.filled()}\n}} >{work}/{i} 2>&1 </dev/null; echo $? >{work}/{i}.code\n"
    subprocess.run(["bash", "-c", script], cwd=directory, env=environment, check=False)
    results = []
    for i in range(len(commands)):
        code, printed = (Path(f"{work}/{i}{suffix}") for suffix in (".code", ""))
        results.append([path.read_text(errors="replace").strip() if path.exists() else "" for path in (code, printed)])
    return results


def furnish(directory, mznode):
    """Puts there what the pages take for granted: an archive of a release, a tree that was built, and nodes."""
    (directory / "build").mkdir()
    (directory / "build" / "release").symlink_to(mznode.parent)
    left_out = shutil.ignore_patterns("__pycache__", "bin")
    shutil.copytree(ROOT / "examples", directory / "examples", ignore=left_out)
    version = subprocess.run([mznode, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[1]
    name = f"mznode-{version}-linux-x86_64"
    with tarfile.open(directory / f"{name}.tar.gz", "w:gz", compresslevel=1) as archive:
        archive.add(mznode, f"{name}/bin/mznode")
        archive.add(directory / "examples", f"{name}/examples")
    for node, workload in {"my-node": "broadcast", "my_node.py": "g-set", "node.py": "broadcast"}.items():
        (directory / node).write_text(f"#!/bin/sh\nexec '{mznode}' --workload {workload}\n")
        (directory / node).chmod(0o755)


def check_page(page, mznode, examples):
    commands = commands_of_page((ROOT / page).read_text())
    used = set()
    to_run = []
    for command in commands:
        why = command.why_not_run(examples)
        if why is None:
            to_run.append(command)
        else:
            print(f"{page}: not run ({why}): {command.text.splitlines()[0]}")
            used |= {start for start in NOT_RUN if command.text.startswith(start)}
    with tempfile.TemporaryDirectory() as work:
        directory = Path(work)
        furnish(directory, mznode)
        path = f"{mznode.parent}:{examples}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "GOPROXY": "off", "GOFLAGS": "-mod=mod"}
        for command, (code, printed) in zip(to_run, run(to_run, directory, environment)):
            print(f"{page}: {code or 'no exit code'}: {command.text.splitlines()[0]}")
            is_right = code.isdigit() and int(code) in command.codes()
            expect(is_right, f"{page}: exit code {code} of\n{command.text}\n{printed}")
            line = not_printed(command.shown, printed)
            expect(line is None, f"{page} shows what was not printed: {line}\n{command.text}\n{printed}")
    return len(to_run), used


def has_virtual_time(mznode):
    probe = [mznode, "test", "-w", "echo", "--bin", mznode, "--time", "virtual", "--time-limit", "1", "--store", ""]
    probe += ["--", "--workload", "echo"]
    return subprocess.run(probe, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def main():
    mznode, examples = (Path(argument).resolve() for argument in sys.argv[1:3])
    if not has_virtual_time(mznode):
        print("virtual time is not allowed here: what the pages show would take minutes, and differ")
        return 0
    count = 0
    used = set()
    for page in PAGES:
        number, unrun = check_page(page, mznode, examples)
        count += number
        used |= unrun
    expect(used == set(NOT_RUN), f"no page has {set(NOT_RUN) - used}")
    expect(count >= 20, f"only {count} commands were run")
    return 1 if failures else 0


sys.exit(main())
