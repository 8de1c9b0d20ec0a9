"""Frechet distance at 2,048 features: strang's frechet_bench against SciPy's sqrtm of the product.

python3 frechet_compare.py <path of frechet_bench>     needs numpy and scipy
"""

import json
import subprocess
import sys
import time

import numpy
import scipy.linalg

FEATURES = 2048


def covariance(generator):
    rows = generator.standard_normal((FEATURES + FEATURES // 2, FEATURES))
    return numpy.cov(rows * numpy.linspace(0.2, 2, FEATURES), rowvar=False)


def scipy_seconds():
    generator = numpy.random.default_rng(1)
    a, b = covariance(generator), covariance(generator)
    start = time.perf_counter()
    root = scipy.linalg.sqrtm(a @ b)
    distance = numpy.trace(a) + numpy.trace(b) - 2 * numpy.trace(root).real
    return time.perf_counter() - start, distance


def strang_seconds(program):
    command = [program, f"--benchmark_filter=^distance/{FEATURES}/", "--benchmark_format=json",
               "--benchmark_repetitions=3"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    runs = [r for r in report["benchmarks"] if r["run_type"] == "iteration"]
    return min(r["real_time"] for r in runs) / 1000, runs[0]["distance"]


def main():
    ours, our_distance = strang_seconds(sys.argv[1])
    theirs, their_distance = scipy_seconds()
    print(f"strang {ours:.3f} s (distance {our_distance:.1f}), scipy sqrtm {theirs:.3f} s "
          f"(distance {their_distance:.1f}, other draws of the same law): {theirs / ours:.1f}x")


if __name__ == "__main__":
    main()
