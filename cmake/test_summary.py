"""Counts what ctest ran: reads its JUnit file and, for entries that are suites of tests, the reports that they left
(cmake/Suites.cmake). Prints what was skipped and why, what failed, and the totals as the last line. The exit status is
1 when a test failed or when there was none."""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

SKIPPED_AT = re.compile(r"^.*: Skipped\n|^\S+:\d+\n", re.MULTILINE)


def reason(text):
    """What followed GTEST_SKIP() <<: gtest puts it on the line after '<file>:<line>'."""
    found = SKIPPED_AT.search(text or "")
    lines = (text or "")[found.end() if found else 0:].strip().splitlines()
    return lines[0] if found and lines else "no reason given"


def of_entry(case):
    """One test: (name, kind, reason)."""
    kind = {"run": "passed", "fail": "failed"}.get(case.get("status"), "skipped")
    said = (case.findtext("system-out") or "").strip().splitlines()
    return case.get("name"), kind, said[-1] if said else "no reason given"


def of_suite(file):
    for case in xml.parse(file).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None:
            yield name, "failed", ""
        elif skipped is not None or case.get("status") == "notrun":
            yield name, "skipped", reason(skipped.get("message") if skipped is not None else "")
        else:
            yield name, "passed", ""


def tests_of(case, reports):
    file = reports / (case.get("name").replace("/", ".") + ".xml")
    tests = list(of_suite(file)) if file.exists() else []
    # A suite that crashed or ran out of time has left no report, or failed outside its tests.
    failed = case.get("status") == "fail"
    return tests if tests and failed == any(kind == "failed" for _, kind, _ in tests) else [of_entry(case)]


def main(file, reports):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    try:
        cases = list(xml.parse(file).getroot().iter("testcase"))
    except FileNotFoundError:
        cases = []  # ctest writes none when no test matches
    for case in cases:
        for name, kind, why in tests_of(case, pathlib.Path(reports)):
            counts[kind] += 1
            if kind != "passed":
                print(f"{kind}: {name}" + (f": {why}" if kind == "skipped" else ""))
    if not cases:
        print("no test matched")
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return 1 if counts["failed"] or not counts["passed"] else 0


sys.exit(main(sys.argv[1], sys.argv[2]))
