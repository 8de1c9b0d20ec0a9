#!/usr/bin/env python3
"""strang against k-diffusion (PyPI) on the mixture of configs/model/ring.yaml: the same samples, and how much faster.

    python tests/bench/k_diffusion_compare.py [--build build/release]

Needs k-diffusion, torch, h5py and what k_diffusion/sampling.py imports (scipy, torchdiffeq, torchsde, tqdm); builds
nothing: the targets `strang` and `whole_run_bench` must be there. float64, 18 Karras steps from the same initial
states. Results must agree to 1e-10. Times are the fastest of many; k-diffusion runs with as many threads as are fastest.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import time
import types

import h5py
import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEPS = 18


def import_sampling():
    """k_diffusion.sampling without the package's __init__, which imports networks, datasets and metrics.

    k_diffusion/utils.py imports torchvision, Pillow and safetensors for image files and checkpoints alone: where one of
    them is missing an empty module stands in. No code that runs here is replaced.
    """
    import importlib.util

    spec = importlib.util.find_spec("k_diffusion")
    if spec is None:
        sys.exit("k-diffusion is not installed: pip install --no-deps k-diffusion")
    package = types.ModuleType("k_diffusion")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["k_diffusion"] = package
    for name, attributes in {"torchvision": ["transforms"], "torchvision.transforms": ["functional"],
                             "torchvision.transforms.functional": [], "PIL": ["Image"], "safetensors": []}.items():
        if name.split(".")[0] not in sys.modules and importlib.util.find_spec(name.split(".")[0]):
            continue
        stub = sys.modules.setdefault(name, types.ModuleType(name))
        for attribute in attributes:
            setattr(stub, attribute, types.ModuleType(attribute))
    import k_diffusion.sampling as sampling

    return sampling


def ring_denoiser():
    """E[x_0 | x] of eight isotropic Gaussians, vectorised over samples and components."""
    angles = torch.arange(8, dtype=torch.float64) * (math.pi / 4)
    means = torch.stack([angles.cos(), angles.sin()], 1)
    log_weights = (torch.arange(1, 9, dtype=torch.float64) / 36).log()
    variance = 0.01

    def denoise(x, sigma):
        noise = (sigma * sigma)[:, None]
        total = variance + noise
        # |x - m|^2 = |x|^2 - 2 x.m + 1 on the unit circle: what all components share drops out of the soft-max.
        weights = (log_weights + (x @ means.T) / total).softmax(1)
        return (noise * (weights @ means) + variance * x) / total

    return denoise


def karras(steps):
    i = torch.arange(steps, dtype=torch.float64)
    low, high = 0.002 ** (1 / 7), 80 ** (1 / 7)
    sigmas = (high + i / (steps - 1) * (low - high)) ** 7
    return torch.cat([sigmas, torch.zeros(1, dtype=torch.float64)])


def fastest(function, seconds=4.0):
    best, end = math.inf, time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def fastest_threads(function):
    """The best over the numbers of threads that torch may use."""
    most, best = torch.get_num_threads(), math.inf
    for threads in sorted({1, most}):
        torch.set_num_threads(threads)
        best = min(best, fastest(function))
    torch.set_num_threads(most)
    return best


def output_of(command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stderr}")
    return result.stdout


def strang_samples(build, overrides, output):
    output_of([build / "experiments/strang", "run", "reference=null", f"output={output}", *overrides])
    with h5py.File(f"{output}/run.h5") as file:
        return file["samples/state"][:].reshape(-1, 2)


def strang_times(build, *arguments):
    return json.loads(output_of([build / "tests/bench/whole_run_bench", *arguments]))


def row(name, theirs, ours, goal):
    ratio = theirs / ours
    print(f"{name:<44} {theirs * 1e6:>12.1f} {ours * 1e6:>12.1f} {ratio:>8.1f}x   goal {goal}x "
          f"{'met' if ratio >= goal else 'MISSED'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    build = parser.parse_args().build.resolve()
    sampling = import_sampling()
    samplers = {"heun": sampling.sample_heun, "dpmpp_2m": sampling.sample_dpmpp_2m}
    denoise, sigmas = ring_denoiser(), karras(STEPS)
    failed = False
    print(f"{'':<44} {'k-diffusion':>12} {'strang':>12}   (microseconds)")
    with tempfile.TemporaryDirectory() as folder:
        for batch, goal in ((64, 10), (4096, 4)):
            states = 80 * torch.randn(batch, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(batch))
            path = f"{folder}/initial_{batch}.h5"
            with h5py.File(path, "w") as file:
                file["states"] = states.numpy()
            overrides = [f"samples={batch}", f"steps={STEPS}", f"initial={{file: {path}, dataset: states}}"]
            for name, sample in samplers.items():
                theirs = sample(denoise, states, sigmas, disable=True).numpy()
                named = [f"integrator={name}", *overrides]
                ours = strang_samples(build, named, f"{folder}/{name}_{batch}")
                difference = np.abs(theirs - ours).max()
                failed |= not difference <= 1e-10
                t = fastest_threads(lambda: sample(denoise, states, sigmas, disable=True))
                s = strang_times(build, 4000 if batch == 64 else 300, *named)
                row(f"{name}, batch {batch}, one micro-batch", t, s["one_batch"], goal)
                row(f"{name}, batch {batch}, micro-batches of 256", t, s["lanes"], goal)
                print(f"    largest difference {difference:.1e} ({'equal' if difference <= 1e-10 else 'NOT EQUAL'} to 1e-10)")
    free = strang_times(build, "free")
    for dtype in ("float32", "float64"):
        states = torch.randn(64, 3, 32, 32, dtype=getattr(torch, dtype))
        fixed, grid = torch.zeros_like(states), sigmas.to(states.dtype)
        for name, sample in samplers.items():
            t = fastest_threads(lambda: sample(lambda x, sigma: fixed, states, grid, disable=True))
            row(f"{name}, arithmetic on 64x3x32x32 {dtype}", t, free[dtype][name], 5)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
