"""Reads the JUnit file of ctest and prints what was skipped and why, then the totals as the last
line. The exit status is 1 when a test failed or when there was none."""
import re
import sys
import xml.etree.ElementTree as xml


def reason(case):
    """What followed GTEST_SKIP() <<: gtest prints it on the line after '<file>:<line>: Skipped'."""
    output = case.findtext("system-out") or ""
    found = re.search(r": Skipped\n(.*)", output)
    return found[1].strip() if found else "no reason given"


def main(file):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    try:
        cases = list(xml.parse(file).getroot().iter("testcase"))
    except FileNotFoundError:
        cases = []  # ctest writes none when no test matches
    for case in cases:
        kind = {"run": "passed", "fail": "failed"}.get(case.get("status"), "skipped")
        counts[kind] += 1
        if kind == "skipped":
            print(f"skipped: {case.get('name')}: {reason(case)}")
    if not cases:
        print("no test matched")
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return 1 if counts["failed"] or not counts["passed"] else 0


sys.exit(main(sys.argv[1]))
