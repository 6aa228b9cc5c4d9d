#!/usr/bin/env python3
"""Compares the embedded network with the real Maelstrom: the same nodes, strategies and flags under both.

    maelstrom-runs/agreement.py [--runs N] [--only NAME]... [--resume]

Every case runs N times (5 unless said) under each; the real one in real time, so nothing else should use the machine.
The program under Maelstrom is $MAELSTROM, or `maelstrom` from PATH; $MZNODE is build/release/mznode unless set. Writes
the table maelstrom-runs/AGREEMENT.md and exits with 1 when a figure differs by more than it may. Stores are kept under
build/agreement/; --resume takes runs that are there instead of making them again.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
STORES = ROOT / "build" / "agreement"
TABLE = ROOT / "maelstrom-runs" / "AGREEMENT.md"

# How far the means may be apart: points of a hundred, and hundredths of the real one's figure.
POINTS = 3.0
HUNDREDTHS = 3.0
# Fewer messages than this are some whole ones a run, of which a few more or less mean nothing.
FEW_MESSAGES = 0.05

# What the messages of a strategy are counted by: "operation"; the name of the only one that causes any, since its share
# is a matter of chance; or "second", where nodes speak by the clock, however much is asked of them.
Case = collections.namedtuple("Case", "name workload strategy nodes workers_per_node flags per", defaults=["operation"])

CASES = [
    Case("echo", "echo", "echo", 3, 1, ""),
    Case("unique-ids", "unique-ids", "counter", 3, 2, ""),
    Case("broadcast", "broadcast", "flood", 5, 1, "--latency 10", "broadcast"),
    Case("broadcast, star", "broadcast", "star", 5, 1, "--latency 10", "second"),
    Case("g-set", "g-set", "delta", 5, 1, "", "second"),
    Case("g-counter", "g-counter", "seq-kv", 3, 1, ""),
    Case("pn-counter", "pn-counter", "lin-kv", 3, 1, ""),
    Case("lin-kv, 2n", "lin-kv", "proxy", 3, 2, ""),
    Case("lin-kv, 4n", "lin-kv", "raft", 3, 4, ""),
    Case("lin-kv, 10n", "lin-kv", "caspaxos", 3, 10, ""),
    Case("kafka", "kafka", "owner", 2, 2, ""),
    Case("kafka, raft", "kafka", "raft", 3, 2, ""),
    Case("txn-list-append", "txn-list-append", "root-cas", 3, 2, ""),
    Case("txn-rw-register", "txn-rw-register", "hat", 3, 2, "--consistency-models read-committed", "second"),
]
SHORT = {"operation": "op", "second": "s"}
TIME_LIMIT_S = 30
# Low, because the embedded network's nodes take no time to answer. A process takes some milliseconds, in which its
# worker is passed over; and Maelstrom begins each operation a little late, which strategies with a timetable show.
RATE = 25

OPERATION = re.compile(
    r":type :?(\w+), :process (\d+), :f :?([\w-]+), :value (.*?)(?:, :(?:time|index|error|final)|}$)")
WRITE = re.compile(r'\[:?"?(?:send|append|w)"? "?(\d+)"? ')


COMMON = f"--time-limit {TIME_LIMIT_S} --rate {RATE}"


def own_flags_of(case):
    return f"--node-count {case.nodes} --concurrency {case.workers_per_node}n {case.flags}".strip()


def flags_of(case):
    return f"{own_flags_of(case)} {COMMON}".split()


def program(variable, otherwise):
    """The path of a program that holds in every directory, or None."""
    named = os.environ.get(variable) or otherwise
    found = shutil.which(named)
    return None if found is None else str(pathlib.Path(found).resolve() if os.sep in named else found)


def run_embedded(mznode, case, seed, directory):
    command = [mznode, "test", "-w", case.workload, "--strategy", case.strategy, *flags_of(case), "--seed", str(seed)]
    subprocess.run([*command, "--store", str(directory)], stdout=subprocess.DEVNULL, check=False)


def run_maelstrom(maelstrom, mznode, case, directory):
    command = [maelstrom, "test", "-w", case.workload, "--bin", mznode, *flags_of(case),
               "--", "--workload", case.workload, "--strategy", case.strategy]
    with open(directory / "output.txt", "w") as output:
        subprocess.run(command, cwd=directory, stdout=output, stderr=output, check=False)


def msgs_per_op(latest):
    """Messages between servers an operation, and the verdict, from results.json or else from results.edn."""
    if (latest / "results.json").exists():
        results = json.loads((latest / "results.json").read_text())
        return results["net"]["servers"].get("msgs-per-op", 0.0), results["valid?"]
    text = (latest / "results.edn").read_text()
    servers = text[text.index(":servers {"):]
    found = re.search(r":msgs-per-op ([0-9.eE+-]+)", servers[:servers.index("}")])
    verdict = re.findall(r":valid\? ([a-z:]+)", text)[-1]
    return float(found.group(1)) if found else 0.0, verdict == "true"


def writes_per_key(writes):
    """The median of the keys, without the newest ten, which were in use when the run ended; None without keys."""
    used_up = sorted(writes, key=int)[:-10]
    return statistics.median(writes[key] for key in used_up) if used_up else None


def figures_of(latest, case):
    """What a run's history and results say."""
    invoked = collections.Counter()
    nodes = collections.Counter()
    writes = collections.Counter()
    ok = 0
    workers = case.nodes * case.workers_per_node
    for line in (latest / "history.edn").read_text().splitlines():
        found = OPERATION.search(line)
        if found is None:
            continue
        kind, process, f, value = found.groups()
        ok += kind == "ok"
        if kind != "invoke":
            continue
        invoked[f] += 1
        nodes[int(process) % workers % case.nodes] += 1
        writes.update(WRITE.findall(value))
    operations = sum(invoked.values())
    if operations == 0:
        sys.exit(f"agreement.py: {latest}/history.edn has no operations")
    messages, is_valid = msgs_per_op(latest)
    messages *= operations
    counted = {"operation": operations, "second": TIME_LIMIT_S}.get(case.per) or invoked[case.per]
    return {
        "valid": is_valid,
        "operations": operations,
        "mix": {f: 100 * count / operations for f, count in invoked.items()},
        "nodes": {node: 100 * nodes[node] / operations for node in range(case.nodes)},
        "writes": writes_per_key(writes),
        "msgs": messages / counted,
        "ok": 100 * ok / operations,
    }


def mean_of(runs):
    """The mean of each figure over the runs."""
    def mean(values):
        return statistics.mean(values)

    def mean_each(name):
        keys = sorted({key for run in runs for key in run[name]})
        return {key: mean([run[name].get(key, 0.0) for run in runs]) for key in keys}

    return {
        "valid": sum(run["valid"] for run in runs),
        "runs": len(runs),
        "operations": mean([run["operations"] for run in runs]),
        "mix": mean_each("mix"),
        "nodes": mean_each("nodes"),
        "writes": mean([run["writes"] for run in runs]) if runs[0]["writes"] else None,
        # Which node leads is a matter of chance, and one that most clients ask has less to pass on.
        "msgs": statistics.median(run["msgs"] for run in runs),
        "ok": mean([run["ok"] for run in runs]),
    }


def measure(mznode, maelstrom, case, runs, resume):
    measured = {}
    for side in ("embedded", "Maelstrom"):
        results = []
        for run in range(runs):
            directory = STORES / re.sub(r"[^\w-]+", "-", case.name) / side / str(run)
            latest = directory / ("latest" if side == "embedded" else "store/latest")
            if not (resume and (latest / "history.edn").exists()):
                shutil.rmtree(directory, ignore_errors=True)
                directory.mkdir(parents=True)
                if side == "embedded":
                    run_embedded(mznode, case, run, directory)
                else:
                    run_maelstrom(maelstrom, mznode, case, directory)
            if not (latest / "history.edn").exists():
                sys.exit(f"agreement.py: {case.name} left no history under {directory}; see what is there")
            results.append(figures_of(latest, case))
        measured[side] = mean_of(results)
    return measured["embedded"], measured["Maelstrom"]


def difference(ours, theirs):
    """The largest difference of two tables of percentages."""
    return max(abs(ours.get(key, 0.0) - theirs.get(key, 0.0)) for key in {*ours, *theirs})


def relative(ours, theirs):
    return 0.0 if ours == theirs else 100 * abs(ours - theirs) / theirs if theirs else float("inf")


def disagreements(ours, theirs):
    found = []
    if difference(ours["mix"], theirs["mix"]) > POINTS:
        found.append("mix")
    if difference(ours["nodes"], theirs["nodes"]) > POINTS:
        found.append("nodes")
    if ours["writes"] and relative(ours["writes"], theirs["writes"]) > HUNDREDTHS:
        found.append("writes")
    are_few = ours["msgs"] < FEW_MESSAGES and theirs["msgs"] < FEW_MESSAGES
    if not are_few and relative(ours["msgs"], theirs["msgs"]) > HUNDREDTHS:
        found.append("messages")
    if abs(ours["ok"] - theirs["ok"]) > POINTS:
        found.append("ok")
    return found


def shown(table):
    return " ".join(f"{key} {value:.0f}" for key, value in sorted(table.items(), key=lambda item: str(item[0])))


def rows_of(case, ours, theirs):
    for side, figures in (("embedded", ours), ("Maelstrom", theirs)):
        writes = f"{figures['writes']:.2f}" if figures["writes"] else "–"
        yield (f"| {case.name if side == 'embedded' else ''} | {side} | {figures['valid']} of {figures['runs']} "
               f"| {figures['operations']:.0f} | {shown(figures['mix'])} "
               f"| {' '.join(f'{share:.1f}' for share in figures['nodes'].values())} | {writes} "
               f"| {figures['msgs']:.3f}/{SHORT.get(case.per, case.per)} | {figures['ok']:.1f} |")


HEAD = """# The embedded network beside the real Maelstrom

Made by `maelstrom-runs/agreement.py`: means of {runs} runs of {seconds} s, the embedded ones with the seeds from 0 on.
Mix and nodes are percentages of the operations, ok is one, too. They may differ by {points:g} points, writes a key and
messages between servers by {hundredths:g} %. Messages are counted by what causes them: by the operation; by the only
one that sends any; or by the second, where nodes speak by the clock. They are medians, since a run in which the node
that most clients ask leads the others needs fewer. Fewer than {few:g} are not compared.

| case | network | valid | operations | mix, % | operations of n0, n1 …, % | writes a key | messages | ok, % |
|---|---|---|---|---|---|---|---|---|
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each case under each network")
    parser.add_argument("--only", action="append", default=[], help="cases whose name begins so; may be given again")
    parser.add_argument("--resume", action="store_true", help="keep runs that are there")
    arguments = parser.parse_args()
    mznode = program("MZNODE", str(ROOT / "build" / "release" / "mznode"))
    maelstrom = program("MAELSTROM", "maelstrom")
    if mznode is None:
        sys.exit("agreement.py: there is no mznode; `make` builds it, or $MZNODE names it")
    if maelstrom is None:
        sys.exit("agreement.py: there is no maelstrom in PATH; $MAELSTROM can name one")
    chosen = [case for case in CASES if case.name.startswith(tuple(arguments.only or [""]))]
    if not chosen or arguments.runs < 1:
        sys.exit("agreement.py: nothing to run; cases are " + ", ".join(case.name for case in CASES))
    rows, apart, commands = [], [], []
    for case in chosen:
        ours, theirs = measure(mznode, maelstrom, case, arguments.runs, arguments.resume)
        rows.extend(rows_of(case, ours, theirs))
        print("\n".join(rows[-2:]), flush=True)
        commands.append(f"- {case.name}: `-w {case.workload} -s {case.strategy} {own_flags_of(case)}`")
        found = disagreements(ours, theirs)
        if found:
            apart.append(f"{case.name}: {', '.join(found)}")
    verdict = "All agree." if not apart else "Apart: " + "; ".join(apart) + "."
    print(verdict)
    head = HEAD.format(runs=arguments.runs, seconds=TIME_LIMIT_S, points=POINTS, hundredths=HUNDREDTHS,
                       few=FEW_MESSAGES)
    TABLE.write_text(head + "\n".join(rows) + f"\n\n{verdict} The cases, each with `{COMMON}`:\n\n" + "\n".join(commands) + "\n")
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main())
