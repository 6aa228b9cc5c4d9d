#!/usr/bin/env python3
"""Runs public solutions of Fly.io's challenges in virtual time and under the real Maelstrom, and compares the verdicts.

    maelstrom-runs/public_solutions.py --sources DIR --maelstrom DIR [--only REPOSITORY]... [--runs N]
        [--seeds N]

--sources is a folder with a checkout of each repository, DIR/OWNER/NAME; what is not there is skipped. --maelstrom is a
checkout of Maelstrom, whose library for Go is the one that they are built with. $MAELSTROM is the command of the real
one, if it is to be run, too, and $MZNODE ours. A seed runs N times (3), which must have the same bytes. What the real
one cuts off is chance that nobody can repeat, so its verdict is compared with those of the seeds 1 to N (10). Writes
maelstrom-runs/PUBLIC_SOLUTIONS.md, or the file of --output.
"""
import argparse
import collections
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import virtual_time

LIBRARY = "github.com/jepsen-io/maelstrom/demo/go"
FLAGS = {
    "unique-ids": ["--node-count", "3", "--rate", "100", "--availability", "total", "--nemesis", "partition"],
    "broadcast": ["--node-count", "5", "--rate", "10", "--nemesis", "partition"],
    "g-counter": ["--node-count", "3", "--rate", "50", "--nemesis", "partition"],
    "kafka": ["--node-count", "2", "--concurrency", "2n", "--rate", "50"],
    "txn-rw-register": ["--node-count", "2", "--concurrency", "2n", "--rate", "50", "--consistency-models",
                        "read-uncommitted", "--availability", "total", "--nemesis", "partition"],
}
COMMON = ["--time-limit", "10", "--nemesis-interval", "3"]
SOLUTIONS = [
    ("teivah/gossip-glomers", "challenge-3c-broadcast", "broadcast"),
    ("bookpanda/fly-io-dist-sys", "broadcast-c", "broadcast"),
    ("bookpanda/fly-io-dist-sys", "grow-only-counter", "g-counter"),
    ("bookpanda/fly-io-dist-sys", "kafka-style-log", "kafka"),
    ("bookpanda/fly-io-dist-sys", "totally-available-transactions-c", "txn-rw-register"),
    ("sklarsa/gossip-glomers", "challenges/maelstrom-3c-broadcast", "broadcast"),
    ("mcastorina/gossip-glomers", "3-broadcast", "broadcast"),
    ("rwatari/gossip-glomers", "src/broadcast.py", "broadcast"),
    ("maszlasz/Gossip-Glomers", "5B-Kafka-Style-Log", "kafka"),
    ("adam-bunce/gossip-glomers", "cmd/grow-only-counter", "g-counter"),
    ("hmunye/gossip-glomers", "cmd/unique_ids", "unique-ids"),
    ("rael346/gossip-glomers", "cmd/counter", "g-counter"),
    ("wafer-bw/gossip-glomers", "cmd/gcount", "g-counter"),
    ("platonoff-dev/gossip-glomers", "cmd/g-counter", "g-counter"),
    ("mcastorina/gossip-glomers", "5-kafka", "kafka"),
    ("rwatari/gossip-glomers", "src/kafka_multi_node.py", "kafka"),
]


def program_of(repository, path, work, args):
    source = pathlib.Path(args.sources).resolve() / repository
    if not source.is_dir():
        raise virtual_time.Skipped("not among the sources")
    if path.endswith(".py"):
        return [virtual_time.tool("python3"), str(source / path)]
    copy = work / repository.replace("/", "-")
    if not copy.is_dir():
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns(".git", "vendor"))
    module = next(each / "go.mod" for each in [copy / path, *(copy / path).parents] if (each / "go.mod").exists())
    name = re.search(r"^module (\S+)", module.read_text(), re.MULTILINE)[1]
    library = pathlib.Path(args.maelstrom).resolve() / "demo" / "go"
    module.write_text(f"module {name}\n\ngo 1.19\n\nrequire {LIBRARY} v0.0.0\n\nreplace {LIBRARY} => {library}\n")
    made = work / f"{repository}-{path}".replace("/", "-")
    built = subprocess.run([virtual_time.tool("go"), "build", "-o", str(made), "."], cwd=copy / path,
                           env={**os.environ, "CGO_ENABLED": "0", "GOPROXY": "off", "GOFLAGS": "-mod=mod"})
    if built.returncode != 0:
        raise virtual_time.Skipped("it does not build here")
    return [str(made)]


def commit_of(repository, args):
    made = subprocess.run(["git", "-C", str(pathlib.Path(args.sources) / repository), "rev-parse", "--short", "HEAD"],
                          stdout=subprocess.PIPE, text=True)
    return made.stdout.strip() or "?"


def real(work, flags, program):
    arguments = ["--", *program[1:]] if program[1:] else []
    return virtual_time.real_maelstrom(work, flags, program[0], arguments)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", required=True)
    parser.add_argument("--maelstrom", required=True)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--output")
    args = parser.parse_args()
    args.budget = float("inf")
    rows, differing, skipped, doubts = [], 0, [], set()
    with tempfile.TemporaryDirectory(prefix="mznode-solutions-") as folder:
        work = pathlib.Path(folder)
        for repository, path, workload in SOLUTIONS:
            if args.only and repository not in args.only:
                continue
            try:
                program = program_of(repository, path, work, args)
            except virtual_time.Skipped as why:
                skipped.append(f"{repository} {path}: {why}")
                continue
            flags = ["-w", workload, *FLAGS[workload], *COMMON]
            ours = [*flags, "--compat", "jepsen"]  # it lets pass what Maelstrom does
            runs = virtual_time.repeat(args, ours, program, 1)
            differing += not virtual_time.all_are_equal(runs)
            others = [virtual_time.Run(ours, program, seed) for seed in range(2, args.seeds + 1)]
            counts = collections.Counter(each.verdict for each in [runs[0], *others])
            verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
            rows.append([repository, commit_of(repository, args), path, workload, verdicts, real(work, flags, program),
                         virtual_time.equal_ones(runs)])
            doubts.update(f"{repository}: {doubt}" for doubt in runs[0].doubts)
            print("\t".join(rows[-1]), flush=True)
    header = ["repository", "commit", "program", "workload", f"seeds 1..{args.seeds}", "real Maelstrom", "same bytes"]
    commands = "\n".join("mznode test -w " + " ".join([name, *flags]) for name, flags in FLAGS.items())
    commands = commands.replace(" --consistency-models", "\n  --consistency-models")
    output = pathlib.Path(args.output or virtual_time.ROOT / "maelstrom-runs" / "PUBLIC_SOLUTIONS.md")
    output.write_text(f"# Public solutions of Fly.io's challenges, in virtual time and under Maelstrom\n\n"
                      f"`maelstrom-runs/public_solutions.py` writes the table.\n\n"
                      f"{datetime.date.today().isoformat()}\n\n```\n{commands}\n```\n\n"
                      f"and `{' '.join(COMMON)}`, for mznode `--compat jepsen --seed N` too;\n"
                      f"the same bytes are those of seed 1.\n\n"
                      f"{virtual_time.table(header, rows)}\n\nSkipped: {'; '.join(skipped) or 'nothing'}.\n"
                      f"Doubts whether a seed repeats its run: {'; '.join(sorted(doubts)) or 'none'}.\n")
    print(f"{len(rows)} rows, {differing} differ among themselves; {output}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
