#!/usr/bin/env python3
"""strang's one-slot solvers against k-diffusion and diffusers (PyPI) on the mixture of configs/model/ring.yaml.

    python tests/bench/solvers_compare.py [--build build/release]

Needs what k_diffusion_compare.py needs, and for the second half diffusers. float64, 12 Karras noise levels, with and
without a step to zero, from the same initial states. Prints the largest difference relative to the largest number;
exits with 1 where one exceeds its tolerance: 1e-12, or 1e-5 for diffusers' DPMSolverMultistepScheduler, which casts its
samples to float32.
"""

import argparse
import importlib.machinery
import pathlib
import subprocess
import sys
import tempfile

import h5py
import torch

from k_diffusion_compare import ROOT, import_sampling, karras, ring_denoiser

SAMPLES = 64
DENOISE = ring_denoiser()


def run_strang(program, folder, integrator, sigmas, options):
    output = tempfile.mkdtemp(dir=folder)
    times = ",".join(repr(float(sigma)) for sigma in sigmas)
    command = [program, "run", "~sweep", "reference=null", "model=ring", f"samples={SAMPLES}", f"microbatch={SAMPLES}",
               "schedule=explicit", f"schedule.times=[{times}]", f"steps={len(sigmas) - 1}", f"integrator={integrator}",
               f"initial={{file: {folder}/x.h5, dataset: /x}}", f"output={output}/run"]
    subprocess.run(command + [f"integrator.{option}" for option in options], check=True, stdout=subprocess.DEVNULL)
    with h5py.File(f"{output}/run/run.h5") as file:
        return torch.from_numpy(file["samples/state"][:]).reshape(SAMPLES, 2)


def k_diffusion_cases(x, sigmas):
    """(what, integrator, options, sigmas, samples, tolerance) of k-diffusion."""
    sampling = import_sampling()
    model = lambda u, sigma: DENOISE(u, sigma)
    quiet = {"noise_sampler": lambda a, b: torch.zeros_like(x), "eta": 0.0}
    for what, integrator, options, more in [
            ("lms", "lms", [], {}), ("heun", "heun", [], {}), ("dpm_2", "dpm_2", [], {}),
            ("dpmpp_2m", "dpmpp_2m", [], {}), ("dpmpp_2s_ancestral", "dpmpp_2s", [], {"eta": 0.0}),
            ("dpmpp_2m_sde", "dpmpp_2m_sde", ["eta=0"], quiet), ("dpmpp_3m_sde", "dpmpp_3m", ["second=taylor"], quiet)]:
        samples = getattr(sampling, f"sample_{what}")(model, x.clone(), sigmas, disable=True, **more)
        yield f"k-diffusion {what}", integrator, options, sigmas, samples, 1e-12


def run_diffusers(scheduler, x, sigmas):
    """Its steps on given noise levels: the schedulers keep the state of a process with alpha^2 + sigma^2 = 1."""
    steps = len(sigmas) - 1
    scheduler.set_timesteps(steps)
    scheduler.sigmas, scheduler.timesteps = sigmas.clone(), torch.arange(steps, dtype=torch.float64)
    alpha = 1 / torch.sqrt(1 + sigmas**2)
    u = alpha[0] * x
    for i in range(steps):
        z = u / alpha[i]
        noise = (z - DENOISE(z, sigmas[i].expand(SAMPLES))) / sigmas[i]
        u = scheduler.step(noise, scheduler.timesteps[i], u).prev_sample
    return u / alpha[-1]


def diffusers_cases(x, sigmas):
    """The same of diffusers."""
    for name, module in sys.modules.items():  # stand-ins of import_sampling: diffusers looks for their origin
        if name.split(".")[0] in ("k_diffusion", "torchvision", "PIL", "safetensors"):
            if getattr(module, "__spec__", None) is None:
                module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    from diffusers.schedulers import DPMSolverMultistepScheduler, UniPCMultistepScheduler

    for order in (1, 2, 3):
        for variant in ("bh1", "bh2"):
            samples = run_diffusers(UniPCMultistepScheduler(solver_order=order, solver_type=variant,
                                                            lower_order_final=False), x, sigmas[:-1])
            yield (f"diffusers UniPC {order} {variant}", "unipc", [f"order={order}", f"variant={variant}"], sigmas[:-1],
                   samples, 1e-12)
        for form, second in (("midpoint", "dpmsolver"), ("heun", "taylor")):
            samples = run_diffusers(DPMSolverMultistepScheduler(
                solver_order=order, solver_type=form, lower_order_final=False, final_sigmas_type="sigma_min"), x,
                sigmas[:-1])
            yield (f"diffusers DPM-Solver++ {order} {form}", "dpmpp_3m", [f"order={order}", f"second={second}"],
                   sigmas[:-1], samples, 1e-5)
    for order in (2, 3):  # the orders of the last steps, down to zero noise
        samples = run_diffusers(UniPCMultistepScheduler(solver_order=order, final_sigmas_type="zero"), x, sigmas)
        yield (f"diffusers UniPC {order}, lowered", "unipc", [f"order={order}", "lower_order_final=100"], sigmas,
               samples, 1e-12)
        samples = run_diffusers(DPMSolverMultistepScheduler(solver_order=order), x, sigmas)
        yield (f"diffusers DPM-Solver++ {order}, lowered", "dpmpp_3m", [f"order={order}", "lower_order_final=15"],
               sigmas, samples, 1e-5)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release", type=pathlib.Path)
    program = ROOT / parser.parse_args().build / "experiments" / "strang"
    torch.manual_seed(0)
    x, sigmas, failed = 80 * torch.randn(SAMPLES, 2, dtype=torch.float64), karras(12), 0
    with tempfile.TemporaryDirectory() as folder:
        with h5py.File(f"{folder}/x.h5", "w") as file:
            file["x"] = x.numpy()
        for cases in (k_diffusion_cases, diffusers_cases):
            for what, integrator, options, levels, samples, tolerance in cases(x, sigmas):
                ours = run_strang(program, folder, integrator, levels, options)
                difference = ((ours - samples).abs().max() / samples.abs().max()).item()
                failed += not difference <= tolerance
                print(f"{what:40s} {integrator:12s} {difference:.1e}{'' if difference <= tolerance else '  FAILED'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
