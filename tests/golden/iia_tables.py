#!/usr/bin/env python3
"""The figures of experiment=iia_tables from the draws that the listed ones were made with.

    tests/golden/iia_tables.py STRANG FOLDER [gmm2d | gmm64 | emp64 | substeps | target]...

The mean over samples is driven by the few that end in another mode, so tables of other draws differ by more than their
last digits. Here fit and test states are numpy's: 80 RandomState(1).randn(200, d) and 80 RandomState(2).randn(n, d), and
every listed figure should be "inside", and equal but for the last digit. `substeps` and `target` are the ablations on gmm2d; the
free multistep method of `target` is listed from other draws. Needs h5py and numpy; STRANG_SHARED for gmm64 and emp64.
"""

import pathlib
import subprocess
import sys

import h5py
import numpy as np

TEST_SAMPLES = {"gmm2d": (2048, 2), "gmm64": (2048, 64), "emp64": (512, 64)}
BASES = "heun,ddim,dpmpp_2m,spndm,ipndm"
FITS = ("biia_r0,biia_r1_m3,biia_r1,iia_r0,iia_r1_m3,iia_r1,iia_r2,iia_ddim_1,iia_ddim_2,iia_ddim_eps,iia_2m,iia_spndm,"
        "iia_ipndm")


def write_draws(path):
    with h5py.File(path, "w") as file:
        for problem, shape in TEST_SAMPLES.items():
            file[f"{problem}/fit"] = 80 * np.random.RandomState(1).randn(512, shape[1])
            file[f"{problem}/test"] = 80 * np.random.RandomState(2).randn(*shape)


def ablation(program, folder, draws, name):
    subprocess.run([program, "run", f"experiment=iia_{name}", f"initial={{file: {draws}, dataset: /gmm2d/test}}",
                    f"+optimizer.initial={{file: {draws}, dataset: /gmm2d/fit}}", f"output={folder}/{name}"], check=True)


def main(program, folder, problems):
    folder.mkdir(parents=True, exist_ok=True)
    draws = (folder / "draws.h5").resolve()
    write_draws(draws)
    for problem in problems:
        if problem not in TEST_SAMPLES:
            ablation(program, folder, draws, problem)
            continue
        for name, methods, more in (("bases", BASES, []),
                                    ("fits", FITS, [f"+optimizer.initial={{file: {draws}, dataset: /{problem}/fit}}"])):
            subprocess.run([program, "run", f"experiment=iia_{problem}", "-m", "~sweep", f"method={methods}",
                            "steps=5,6,8,10,13,16,20", f"samples={TEST_SAMPLES[problem][0]}",
                            f"initial={{file: {draws}, dataset: /{problem}/test}}", *more,
                            f"output={folder}/{problem}_{name}"], check=True)


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:] or [*TEST_SAMPLES, "substeps", "target"])
