#!/usr/bin/env python3
"""Runs nodes in many languages in virtual time, each test again and again, and compares all bytes.

    maelstrom-runs/virtual_time.py matrix [--runs N] [--budget S] [--only LANGUAGE]... [--real] [--maelstrom DIR]
    maelstrom-runs/virtual_time.py races [--runs N] [--only LANGUAGE]... [--seeds N]
    maelstrom-runs/virtual_time.py walls [--only LANGUAGE]... [--maelstrom DIR]
    maelstrom-runs/virtual_time.py starts [--seeds N]
    maelstrom-runs/virtual_time.py demos [--runs N] [--only LANGUAGE]... --maelstrom DIR

`matrix`: every language x workload x 3 and 5 nodes x a right node and a wrong one, under partition, loss, pause and
skew together, with 5 nodes also kill, at which nodes forget what they knew. Echo has no pause and no kill, because
its checker wants a reply to every request. `--real` adds the verdict of one run in real time.
`races`: nodes of threads that lack a lock: the first seed of --seeds (200) that finds it, and whether it repeats.
`walls`: how long tests take, and the processor time of all their processes, which other work on the machine changes less.
`starts`: some thousand starts of nodes by one process, with what it holds meanwhile: it must not grow.
`demos`: the nodes that come with Maelstrom, in virtual time and, where $MAELSTROM names one, under the real Maelstrom.

A seed runs N times (100 unless said), or as often as S seconds allow; its history and messages must have the same bytes
each time. What is not installed is skipped and named. DIR is a checkout of Maelstrom, for Go's node with Maelstrom's library. $MZNODE is
build/release/mznode unless set. Writes maelstrom-runs/VIRTUAL_TIME_MATRIX.md, _RACES.md, _WALLS.md, _STARTS.md
or _DEMOS.md, or the file of
--output, and exits with 1 when runs of a seed differ or a race is not found.
"""
import argparse
import concurrent.futures
import datetime
import hashlib
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tests" / "languages"
MZNODE = os.environ.get("MZNODE", str(ROOT / "build" / "release" / "mznode"))
MATRIX = ["--rate", "10", "--time-limit", "5", "--latency", "10", "--nemesis-interval", "1", "--concurrency", "1n"]
RACE_WORKLOADS = {"counter": "pn-counter", "ids": "unique-ids", "cas": "lin-kv", "early": "lin-kv", "lazy": "broadcast",
                  "copy": "broadcast", "map": "broadcast"}
RACES = ["--node-count", "1", "--concurrency", "8n", "--rate", "40", "--time-limit", "5", "--schedule", "adversarial"]


class Skipped(Exception):
    """A language is not installed here; says what is missing."""


def tool(name):
    found = shutil.which(name) or shutil.which(name, path=os.path.expanduser("~/.cargo/bin"))
    if not found:
        raise Skipped(f"{name} is not installed")
    return found


def build(command, **options):
    subprocess.run(command, check=True, **options)


def interpreted(interpreter, file):
    return lambda work, args: [tool(interpreter), str(SOURCES / file)]


def go_program(folder, library=False):
    def make(work, args):
        source = work / folder.replace("/", "-")
        shutil.copytree(SOURCES / folder, source, dirs_exist_ok=True)
        if library:
            if not args.maelstrom:
                raise Skipped("--maelstrom names no checkout of Maelstrom, whose library it needs")
            checkout = pathlib.Path(args.maelstrom).resolve() / "demo" / "go"
            name = "github.com/jepsen-io/maelstrom/demo/go"
            (source / "go.mod").write_text(
                f"module node\n\ngo 1.18\n\nrequire {name} v0.0.0\n\nreplace {name} => {checkout}\n")
        environment = {**os.environ, "CGO_ENABLED": "0", "GOPROXY": "off", "GOFLAGS": "-mod=mod"}
        build([tool("go"), "build", "-o", str(source / "node"), "."], cwd=source, env=environment)
        return [str(source / "node")]
    return make


def rust_program(file):
    def make(work, args):
        program = work / pathlib.Path(file).stem
        build([tool("rustc"), "-O", "-o", str(program), str(SOURCES / file)])
        return [str(program)]
    return make


def java_program(file):
    def make(work, args):
        build([tool("javac"), "-d", str(work / "java"), str(SOURCES / file)])
        return [tool("java"), "-Xshare:auto", "-XX:+UseSerialGC", "-cp", str(work / "java"), pathlib.Path(file).stem]
    return make


def cpp_program(file):
    def make(work, args):
        program = work / "races-cpp"
        build([tool("g++"), "-std=c++20", "-O2", "-pthread", "-o", str(program), str(SOURCES / file)])
        return [str(program)]
    return make


MZNODE_ITSELF = "C++ (mznode)"
NODES = {
    "Python, threads": interpreted("python3", "node_threads.py"),
    "Python, asyncio": interpreted("python3", "node_asyncio.py"),
    "JavaScript (Node.js)": interpreted("node", "node.js"),
    "Go": go_program("go"),
    "Go, Maelstrom's library": go_program("go_maelstrom", library=True),
    "Rust": rust_program("node.rs"),
    "Ruby": interpreted("ruby", "node.rb"),
    "Java": java_program("Node.java"),
    "Perl": interpreted("perl", "node.pl"),
    "Shell (bash)": interpreted("bash", "node.sh"),
    MZNODE_ITSELF: lambda work, args: [MZNODE, "--workload"],
}
RACING = {
    "Python": (interpreted("python3", "races/races.py"), ["counter", "ids", "cas", "early", "lazy", "copy", "map"]),
    "Go": (go_program("races/go"), ["counter", "cas", "early", "copy", "map"]),
    "Rust": (rust_program("races/races.rs"), ["counter", "ids", "early", "map"]),
    "Java": (java_program("races/Races.java"), ["counter", "cas", "early", "lazy", "map"]),
    "C++": (cpp_program("races/races.cpp"), ["counter", "ids", "early"]),
}


# Of Maelstrom's demo/: the language, the program, the workload and more flags.
DEMOS = [
    ("Python", "python/echo.py", "echo", []),
    ("Python", "python/broadcast.py", "broadcast", []),
    ("Python", "python/raft.py", "lin-kv", ["--node-count", "3", "--concurrency", "2n"]),
    ("Ruby", "ruby/echo.rb", "echo", []),
    ("Ruby", "ruby/echo_full.rb", "echo", []),
    ("Ruby", "ruby/broadcast.rb", "broadcast", []),
    ("Ruby", "ruby/broadcast.rb", "broadcast", ["--nemesis", "partition", "--nemesis-interval", "3"]),
    ("Ruby", "ruby/g_set.rb", "g-set", []),
    ("Ruby", "ruby/g_set.rb", "g-set", ["--nemesis", "partition", "--nemesis-interval", "3"]),
    ("Ruby", "ruby/pn_counter.rb", "pn-counter", []),
    ("Ruby", "ruby/lin_kv_proxy.rb", "lin-kv", ["--concurrency", "2n"]),
    ("Ruby", "ruby/raft.rb", "lin-kv", ["--node-count", "3", "--concurrency", "2n"]),
    ("Ruby", "ruby/datomic_list_append.rb", "txn-list-append", ["--node-count", "2"]),
    ("JavaScript", "js/echo.js", "echo", []),
    ("JavaScript", "js/echo_minimal.js", "echo", []),
    ("JavaScript", "js/gossip.js", "broadcast", []),
    ("JavaScript", "js/gossip.js", "broadcast", ["--nemesis", "partition", "--nemesis-interval", "3"]),
    ("JavaScript", "js/crdt_gset.js", "g-set", []),
    ("JavaScript", "js/crdt_pn_counter.js", "pn-counter", []),
    ("JavaScript", "js/single_key_txn.js", "txn-list-append", ["--node-count", "2"]),
    ("JavaScript", "js/multi_key_txn.js", "txn-list-append", ["--node-count", "2"]),
    ("Go", "go/cmd/maelstrom-echo", "echo", []),
    ("C++", "c++/echo.cpp", "echo", []),
]
DEMO_FLAGS = ["--rate", "10", "--time-limit", "8"]


def demo_program(language, path, work, args):
    folder = pathlib.Path(args.maelstrom).resolve() / "demo"
    if language == "Go":
        build([tool("go"), "build", "-o", str(work / "go-demo"), "./" + path.removeprefix("go/")], cwd=folder / "go",
              env={**os.environ, "CGO_ENABLED": "0", "GOPROXY": "off"})
        return str(work / "go-demo")
    if language == "C++":
        sources = [str(folder / "c++" / each) for each in ("maelstrom.cpp", "echo.cpp")]
        made = subprocess.run([tool("g++"), "-std=c++17", "-O1", *sources, "-lboost_json", "-o", str(work / "c++-demo")],
                              stderr=subprocess.DEVNULL)
        if made.returncode != 0:
            raise Skipped("it does not build here, without Boost.JSON")
        return str(work / "c++-demo")
    tool({"Python": "python3", "Ruby": "ruby", "JavaScript": "node"}[language])
    return str(folder / path)


def real_maelstrom(work, flags, program, arguments=()):
    """The verdict of the real one; nothing else should use the machine."""
    name = os.environ.get("MAELSTROM")
    if not name:
        return "-"
    with tempfile.TemporaryDirectory(dir=work) as place:
        made = subprocess.run([*name.split(), "test", *flags, "--bin", program, *arguments], cwd=place,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    last = made.stdout[-4000:]
    if "Everything looks good" in last:
        return "valid"
    return "invalid" if "Analysis invalid" in last else f"exit {made.returncode}"


class Run:
    """What one run gave."""

    def __init__(self, flags, command, seed, real=False):
        with tempfile.TemporaryDirectory(prefix="mznode-matrix-") as store:
            began = time.monotonic()
            made = subprocess.run([MZNODE, "test", *flags, "--bin", command[0], "--seed", str(seed), "--json", "--store",
                                   store, *(["--time", "real"] if real else ["--time", "virtual"]), "--", *command[1:]],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.wall_s = time.monotonic() - began
            if made.returncode not in (0, 1, 2) or not made.stdout:
                raise RuntimeError(made.stderr)
            results = json.loads(made.stdout)
            self.verdict = {True: "valid", False: "invalid"}.get(results["valid?"], "unknown")
            self.repeatable = results["time"]["repeatable?"]
            self.doubts = results["time"].get("doubts", [])
            digest = hashlib.sha256()
            for name in ("history.jsonl", "messages.jsonl"):
                for path in sorted(pathlib.Path(store).glob(f"*/*/{name}")):
                    digest.update(path.read_bytes())
            self.hash = digest.hexdigest()[:16]


def repeat(args, flags, command, seed):
    began, runs = time.monotonic(), []
    while len(runs) < args.runs and (len(runs) < 2 or time.monotonic() - began < args.budget):
        runs.append(Run(flags, command, seed))
    return runs


def equal_ones(runs):
    """How many runs are like the most frequent one, of how many."""
    return f"{max(sum(each.hash == one.hash for each in runs) for one in runs)} of {len(runs)}"


def all_are_equal(runs):
    return len({each.hash for each in runs}) == 1


def in_parallel(args, function, cells):
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for cell, row in zip(cells, pool.map(function, cells)):
            print("\t".join(str(each) for each in row), flush=True)
            yield cell, row


def words_of(language, workload, kind):
    if language != MZNODE_ITSELF:
        return [kind]
    # Of its strategies those that guarantee what the test demands by default.
    return {"broadcast": ["broadcast", "-s", "flood"], "g-counter": ["g-counter", "-s", "seq-kv"],
            "txn-rw-register": ["txn-rw-register", "-s", "root-cas"]}.get(workload, [workload])


def workloads_of(language):
    three = ["echo", "unique-ids", "broadcast"]
    if language != MZNODE_ITSELF:
        return three
    return [*three, "g-set", "g-counter", "pn-counter", "lin-kv", "kafka", "txn-list-append", "txn-rw-register"]


def matrix(args, programs):
    cells = [(language, workload, nodes, kind)
             for language in programs for workload in workloads_of(language) for nodes in (3, 5)
             for kind in ("right", "wrong") if kind == "right" or (workload != "echo" and language != MZNODE_ITSELF)]

    differing = []

    def test_of(cell):
        language, workload, nodes, kind = cell
        faults = "partition,loss,skew" if workload == "echo" else "partition,loss,pause,skew"
        flags = ["-w", workload, "--node-count", str(nodes), *MATRIX, "--nemesis"]
        flags.append(faults + (",kill" if nodes == 5 and workload != "echo" else ""))
        if workload == "lin-kv":  # it wants two clients a node
            flags[flags.index("1n")] = "2n"
        return flags, programs[language] + words_of(language, workload, kind)

    def real_verdict(cell):
        return Run(*test_of(cell), args.seed, real=True).verdict

    real = {}
    if args.real:
        with concurrent.futures.ThreadPoolExecutor(3 * args.jobs) as pool:  # they wait most of the time
            real = dict(zip(cells, pool.map(real_verdict, cells)))

    def row(cell):
        runs = repeat(args, *test_of(cell), args.seed)
        if not all_are_equal(runs):
            differing.append(cell)
        verdicts = "/".join(sorted({each.verdict for each in runs}))
        wall = statistics.median(each.wall_s for each in runs)
        says = f"{sum(each.repeatable for each in runs)} of {len(runs)}"
        return [*cell, verdicts, *([real[cell]] if args.real else []), equal_ones(runs), says, f"{wall:.2f}"]

    rows = [each for _, each in in_parallel(args, row, cells)]
    header = ["language", "workload", "nodes", "node", "verdict", *(["in real time"] if args.real else []),
              "same bytes", "says it repeats", "wall, s (median)"]
    return header, rows, differing, "mznode test " + " ".join(MATRIX) + f" --nemesis … --seed {args.seed}"


def races(args, programs):
    cells = [(language, race) for language in programs for race in RACING[language][1]]
    failed = []

    def row(cell):
        language, race = cell
        flags = ["-w", RACE_WORKLOADS[race], *RACES]
        command = programs[language] + [race]
        found = None
        for seed in range(1, args.seeds + 1):
            if Run(flags, command, seed).verdict == "invalid":
                found = seed
                break
        if found is None:
            failed.append(cell)
            return [language, race, RACE_WORKLOADS[race], "not found", "-", "-"]
        runs = repeat(args, flags, command, found)
        if not all_are_equal(runs):
            failed.append(cell)
        plain = [each if each != "adversarial" else "plain" for each in flags]
        misses = sum(Run(plain, command, seed).verdict == "valid" for seed in range(1, 11))
        return [language, race, RACE_WORKLOADS[race], found, equal_ones(runs), f"{misses} of 10 valid"]

    rows = [each for _, each in in_parallel(args, row, cells)]
    header = ["language", "race", "workload", "first seed that finds it", "same bytes", "with --schedule plain"]
    return header, rows, failed, "mznode test " + " ".join(RACES) + " --seed N"


def walls(args, programs):
    """Each test three times; the fastest counts."""
    def measured(what, flags, command):
        fastest = None
        for _ in range(3):
            before, began = os.times(), time.monotonic()
            made = subprocess.run([MZNODE, "test", *flags, "--bin", command[0], "--store", "", "--time", "virtual", "--",
                                   *command[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if made.returncode not in (0, 1):
                raise RuntimeError(made.stderr)
            after = os.times()
            cpu = after.children_user - before.children_user + after.children_system - before.children_system
            fastest = min(fastest or (9e9, 9e9), (time.monotonic() - began, cpu))
        row = [what, " ".join(flags), f"{fastest[0]:.2f}", f"{fastest[1]:.2f}"]
        print("\t".join(row), flush=True)
        return row

    broadcast = ["-w", "broadcast", "--node-count", "5", "--time-limit", "20", "--rate"]
    rows = [measured(language, [*broadcast, rate], command + words_of(language, "broadcast", "right"))
            for rate in ("20", "100") for language, command in programs.items()]
    if "Go" in programs:
        rows.append(measured("Go, flooding", ["-w", "broadcast", "--node-count", "25", "--time-limit", "20", "--rate", "100",
                                              "--latency", "100", "--topology", "tree4"], programs["Go"] + ["flood"]))
        rows.append(measured("Go, a hundred seeds", ["-w", "echo", "--node-count", "3", "--seeds", "1..100"],
                             programs["Go"]))
    header = ["node", "test", "wall, s", "CPU, s"]
    return header, rows, [], f"mznode test …  (the load of the machine was {os.getloadavg()[0]:.1f})"


def starts(args):
    """Seeds of a test that kills its nodes, by one process; twice as many must not hold more."""
    def holds(count):
        command = [MZNODE, "test", "-w", "echo", "--bin", MZNODE, "--node-count", "5", "--time-limit", "5", "--rate", "20",
                   "--nemesis", "kill", "--nemesis-interval", "0.5", "--seeds", f"1..{count}", "--jobs", "1", "--store",
                   "", "--json", "--", "-w", "echo"]
        program = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        proc = pathlib.Path("/proc") / str(program.pid)
        most = {"descriptors": 0, "threads": 0, "zombies": 0, "memory, MB": 0}
        born = 0
        while program.poll() is None:
            time.sleep(0.05)
            try:
                children = (proc / "task" / str(program.pid) / "children").read_text().split()
                states = [pathlib.Path(f"/proc/{each}/stat") for each in children]
                now = {"descriptors": len(list((proc / "fd").iterdir())), "threads": len(list((proc / "task").iterdir())),
                       "zombies": sum(each.read_text().rpartition(")")[2].split()[0] == "Z" for each in states),
                       "memory, MB": int((proc / "statm").read_text().split()[1]) * 4 // 1024}
            except OSError:
                continue
            born += 1
            most = {name: max(value, now[name]) for name, value in most.items()}
        return [f"{count} seeds", *most.values(), born]

    rows = [holds(args.seeds), holds(2 * args.seeds)]
    header = ["test", "descriptors", "threads", "zombies", "memory, MB", "looked at, times"]
    grown = [] if all(int(b) <= int(a) + 3 for a, b in zip(rows[0][1:5], rows[1][1:5])) else ["it grows"]
    return header, rows, grown, "mznode test -w echo --node-count 5 --nemesis kill --seeds 1..N"


def demos(args, work):
    if not args.maelstrom:
        sys.exit("demos needs --maelstrom DIR, a checkout of Maelstrom")
    rows, failed, skipped = [], [], []
    for language, path, workload, more in DEMOS:
        if args.only and language not in args.only:
            continue
        try:
            program = demo_program(language, path, work, args)
        except Skipped as why:
            skipped.append(f"{path}: {why}")
            continue
        flags = ["-w", workload, *more, *DEMO_FLAGS]
        runs = repeat(args, flags, [program], args.seed)
        if not all_are_equal(runs):
            failed.append(path)
        verdicts = "/".join(sorted({each.verdict for each in runs}))
        wall = statistics.median(each.wall_s for each in runs)
        rows.append([path, workload, " ".join(more), verdicts, real_maelstrom(work, flags, program), equal_ones(runs),
                     "; ".join(runs[0].doubts) or "yes", f"{wall:.2f}"])
        print("\t".join(rows[-1]), flush=True)
    header = ["demo", "workload", "flags", "virtual time", "real Maelstrom", "same bytes", "says it repeats",
              "wall, s (median)"]
    return header, rows, failed, "mznode test " + " ".join(DEMO_FLAGS) + f" --seed {args.seed}", skipped


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(each) for each in row) + " |" for row in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["matrix", "races", "demos", "walls", "starts"])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--budget", type=float, default=float("inf"))
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--maelstrom")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--output")
    args = parser.parse_args()
    known = {"matrix": NODES, "walls": NODES, "starts": {}, "races": {name: make for name, (make, _) in RACING.items()},
             "demos": {language: None for language, *_ in DEMOS}}[args.what]
    if unknown := [each for each in args.only if each not in known]:
        sys.exit(f"unknown language {unknown[0]}; known are {'; '.join(known)}")
    with tempfile.TemporaryDirectory(prefix="mznode-languages-") as folder:
        work = pathlib.Path(folder)
        programs, skipped = {}, []
        for name, make in known.items():
            if args.what == "demos" or (args.only and name not in args.only):
                continue
            try:
                programs[name] = make(work, args)
            except Skipped as why:
                skipped.append(f"{name}: {why}")
        if args.what == "demos":
            header, rows, failed, command, skipped = demos(args, work)
        elif args.what == "starts":
            header, rows, failed, command = starts(args)
        else:
            header, rows, failed, command = {"matrix": matrix, "races": races, "walls": walls}[args.what](args, programs)
    version = subprocess.run([MZNODE, "version"], stdout=subprocess.PIPE, text=True).stdout.strip()
    often = "" if args.what in ("walls", "starts") else f" Each test ran up to {args.runs} times:"
    text = (f"{datetime.date.today().isoformat()}, {version}, Linux {platform.release()}, {os.cpu_count()} processors."
            f"{often}\n\n```\n{command}\n```\n\n{table(header, rows)}\n\nSkipped: {'; '.join(skipped) or 'nothing'}.\n")
    output = pathlib.Path(args.output or ROOT / "maelstrom-runs" / f"VIRTUAL_TIME_{args.what.upper()}.md")
    title = {"matrix": "Nodes in many languages, in virtual time", "races": "Races of threads, found by seeds",
             "starts": "Thousands of starts by one process",
             "walls": "How long tests in virtual time take",
             "demos": "Maelstrom's own demos, in virtual time and under Maelstrom"}[args.what]
    # Wider than other pages: a table has no other way.
    output.write_text(f"# {title}\n\n`maelstrom-runs/virtual_time.py {args.what}` writes the table.\n\n{text}")
    print(f"{len(rows)} rows, {len(failed)} failed; {output}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
