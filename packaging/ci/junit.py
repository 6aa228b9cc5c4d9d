#!/usr/bin/env python3
"""Turns the lines of `mznode test --seeds … --json` and `mznode challenge --json` into JUnit's XML, a test case a line.

Usage: junit.py [--summary] RESULTS ERRORS CODE: the lines, what mznode wrote to standard error, and its exit code.
With --summary it prints a line a test case for people instead.
"""

import json
import re
import sys
from xml.sax.saxutils import quoteattr, escape

# XML has no way to write these at all.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def name_of(result):
    if "challenge" in result:
        seeds = result["seeds"]
        return f"challenge {result['challenge']}: {result['task']}, seeds {seeds['first']} to {seeds['last']}"
    return f"{result['workload']}, seed {result['seed']}"


def verdict_of(result):
    """Nothing for a test that is passed; otherwise `failure` or `error`, and why."""
    passed = result.get("passed?", result.get("valid?"))
    if passed is True:
        return None
    reasons = "\n".join(result.get("reasons", [])) or result.get("reason", "") or "it says no more"
    for limit in result.get("limits", []):
        reasons += f"\n{json.dumps(limit)}"
    if "replay" in result:
        reasons += f"\nreplay with: {result['replay']}"
    if "stored" in result:
        reasons += f"\nreport: {result['stored']}/report.html"
    return ("failure" if passed is False else "error"), reasons.strip("\n")


def cases_of(results, errors, code):
    cases = [(name_of(result), verdict_of(result)) for result in results]
    # Nothing may pass that was not run.
    if code not in (0, 1) and not any(verdict and verdict[0] == "error" for _, verdict in cases):
        cases.append(("mznode", ("error", errors.strip() or f"it ended with {code} and said nothing")))
    elif not cases:
        cases.append(("mznode", ("error", errors.strip() or "it ran no test")))
    return cases


def as_xml(cases):
    count = {"failure": 0, "error": 0}
    lines = []
    for name, verdict in cases:
        attributes = f"classname=\"mznode\" name={quoteattr(name)}"
        if verdict is None:
            lines.append(f"  <testcase {attributes}/>")
            continue
        kind, reasons = verdict
        count[kind] += 1
        reasons = UNWRITABLE.sub("?", reasons)
        message = quoteattr(reasons.splitlines()[0].strip())
        lines.append(f"  <testcase {attributes}><{kind} message={message}>{escape(reasons)}</{kind}></testcase>")
    head = f"<testsuite name=\"mznode\" tests=\"{len(cases)}\" failures=\"{count['failure']}\" errors=\"{count['error']}\">"
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *lines, "</testsuite>"])


def as_text(cases):
    lines = []
    for name, verdict in cases:
        lines.append(f"{'passed' if verdict is None else verdict[0]:8}{name}")
        if verdict:
            lines += [f"        {line}" for line in verdict[1].splitlines()]
    passed = sum(verdict is None for _, verdict in cases)
    return "\n".join([*lines, f"{passed} passed, {len(cases) - passed} failed"])


def main():
    arguments = sys.argv[1:]
    is_summary = arguments[:1] == ["--summary"]
    results_file, errors_file, code = arguments[is_summary:]
    with open(results_file, encoding="utf-8", errors="replace") as lines:
        results = [json.loads(line) for line in lines if line.strip()]
    with open(errors_file, encoding="utf-8", errors="replace") as text:
        errors = text.read()
    cases = cases_of(results, errors, int(code))
    sys.stdout.reconfigure(encoding="utf-8")
    print(as_text(cases) if is_summary else as_xml(cases))


main()
