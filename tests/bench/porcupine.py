#!/usr/bin/env python3
"""How long reading and judging Porcupine's own histories takes Porcupine, and how long `recorded`, taking turns.

  cmake --preset release -DMZNODE_BENCH=ON && ninja -C build/release recorded
  tests/bench/porcupine.py build/release/tests/bench/recorded CHECKOUT

CHECKOUT is one of github.com/anishathalye/porcupine. Needs Go. Both run in a process of their own, which reads and
judges each file several times, and each counts with the best of all rounds. A line for each history of a key-value
store, and for those of etcd that come out worst. Exits with 1 where a verdict differs.
"""

import os
import pathlib
import statistics
import subprocess
import sys

TURNS, ROUNDS = 3, 5
TIMING = r"""package porcupine

import ("fmt"; "os"; "strings"; "testing"; "time")

func TestTiming(t *testing.T) {
	for _, file := range strings.Fields(os.Getenv("FILES")) {
		read, judge := time.Hour, time.Hour
		valid := false
		for round := 0; round < %d; round++ {
			begin := time.Now()
			var events []Event
			model := etcdModel
			if strings.Contains(file, "/kv/") {
				events, model = parseKvLog(file), kvModel
			} else {
				events = parseJepsenLog(file)
			}
			between := time.Now()
			valid = CheckEvents(model, events)
			if took := time.Since(between); took < judge { judge = took }
			if took := between.Sub(begin); took < read { read = took }
		}
		fmt.Printf("%%s\t%%v\t%%d\t%%d\n", file, valid, read.Microseconds(), judge.Microseconds())
	}
}
""" % ROUNDS


def times_of(command, within, best, environment=None):
    printed = subprocess.run(command, cwd=within, env=environment, check=True, capture_output=True, text=True).stdout
    for line in printed.splitlines():
        if line.count("\t") != 3:
            continue
        file, valid, read, judged = line.split("\t")
        best[file] = min(best.get(file, (1 << 60, valid)), (int(read) + int(judged), valid))


def main(recorded, checkout):
    recorded, checkout = pathlib.Path(recorded).resolve(), pathlib.Path(checkout).resolve()
    files = {}
    for checker, pattern in {"kv": "kv/*.txt", "cas-register": "jepsen/*.log"}.items():
        found = sorted(file for file in (checkout / "test_data").glob(pattern) if file.stat().st_size > 0)
        files[checker] = [str(file.relative_to(checkout)) for file in found]
    timing, program = checkout / "mznode_timing_test.go", checkout / "mznode_timing"
    timing.write_text(TIMING)
    theirs, ours = {}, {}
    try:
        subprocess.run(["go", "test", "-c", "-o", str(program), "."], cwd=checkout, check=True)
        every = dict(os.environ, FILES=" ".join(sum(files.values(), [])))
        for _ in range(TURNS):
            times_of([str(program), "-test.run", "TestTiming", "-test.v"], checkout, theirs, every)
            for checker, some in files.items():
                times_of([str(recorded), str(ROUNDS), checker] + some, checkout, ours)
    finally:
        timing.unlink()
        program.unlink(missing_ok=True)
    ratios = {file: theirs[file][0] / ours[file][0] for file in ours}
    worst = sorted(files["cas-register"], key=ratios.get)[:5]
    for file in files["kv"] + worst:
        print(f"{file}: {theirs[file][0]} us, {ours[file][0]} us: {ratios[file]:.1f} x")
    print(f"median of {len(ratios)}: {statistics.median(ratios.values()):.1f} x")
    differing = [file for file in ours if ours[file][1] != theirs[file][1]]
    for file in differing:
        print(f"{file}: {ours[file][1]} instead of {theirs[file][1]}", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
