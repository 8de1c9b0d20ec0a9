#!/usr/bin/env python3
"""What logging costs: the part of a run's time that goes into trajectories of 16 samples and errors at all nodes.

    python tests/bench/logging_cost.py [--build build/release] [overrides]

Runs experiment=mnist_exact at a reduced size (STRANG_SHARED names the folder with data/mnist) in one process, and reads
/cost of its file: `seconds_logging` is all the time in observers, which write the file, measure the errors and flush.
"""

import argparse
import pathlib
import subprocess
import tempfile

import h5py

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=ROOT / "build/release")
    parser.add_argument("overrides", nargs="*")
    arguments = parser.parse_args()
    program = pathlib.Path(arguments.build).resolve() / "experiments/strang"
    with tempfile.TemporaryDirectory() as folder:
        size = ["~sweep", "samples=250", "reference.steps=18", "reference.check=false"]
        subprocess.run([program, "run", "experiment=mnist_exact", *size, *arguments.overrides, f"output={folder}/run"],
                       check=True)
        with h5py.File(f"{folder}/run/run.h5") as file:
            cost, total = file["cost"].attrs, file.attrs["seconds"]
            print(f"logging {cost['seconds_logging']:.3f} s of {total:.2f} s: {cost['seconds_logging'] / total:.3%}")


if __name__ == "__main__":
    main()
