#!/usr/bin/env python3
"""Run files open in other tools: every group in xarray without options, named dimensions in ncdump.

    open_everywhere.py STRANG

Exit status 77 (skipped) where neither xarray (with h5netcdf or netCDF4) nor ncdump is there.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def groups(path):
    import h5py

    found = ["/"]
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Group) else None)
    return found


def check_xarray(path):
    try:
        import xarray
        import h5netcdf  # noqa: F401  the engine that xarray finds by itself
        import h5py  # noqa: F401
    except ImportError as missing:
        print(f"skipped: xarray: {missing}")
        return False
    for group in groups(path):
        with xarray.open_dataset(path, group=group) as data:
            for name, variable in data.variables.items():
                for axis in variable.dims:
                    assert not axis.startswith("phony"), f"{group}/{name} has an axis without a name"
            data.load()
    print(f"xarray: {path.name}: {len(groups(path))} groups")
    return True


def check_ncdump(path, axes):
    if shutil.which("ncdump") is None:
        print("skipped: ncdump is not installed (Debian: netcdf-bin)")
        return False
    text = subprocess.run(["ncdump", "-h", path], check=True, capture_output=True, text=True).stdout
    for name in axes:
        assert name in text, f"ncdump shows no dimension {name} in {path.name}"
    assert "phony" not in text, f"ncdump had to make up a dimension in {path.name}"
    print(f"ncdump: {path.name}: named dimensions")
    return True


# Every kind of file that the program writes: (command, file, axes that it must have).
IMAGES = "{name: procedural, count: 100, size: 16}"
FILES = [
    (["run", "~sweep", "samples=64", "steps=3", "reference.steps=12", "log.evaluations=true",
      "+errors.weak=[first_moment]", "+errors.decompose=true", "output=mixture"],
     "mixture/run.h5", ["node = 4", "sample = 64", "followed = 16", "slot = 1", "component = 2", "evaluation = "]),
    (["run", "experiment=procedural_exact", "~sweep", f"model.data={IMAGES}", "samples=64", "microbatch=32", "steps=3",
      "reference.steps=12", "features=random_conv", f"features.against={IMAGES}", "output=images"],
     "images/run.h5", ["channel = 1", "row = 16", "column = 16", "feature = "]),
    (["features", "features=random_conv", f"dataset={IMAGES}", "output=statistics.h5"], "statistics.h5", ["feature = "]),
    (["fit", "~sweep", "steps=4", "optimizer=iia_edm", "integrator=heun", "optimizer.samples=64", "output=fit"],
     "fit/coefficients.h5", ["node = 5"]),
]


def main():
    checked = []
    with tempfile.TemporaryDirectory() as folder:
        for command, name, axes in FILES:
            subprocess.run([sys.argv[1], *command], cwd=folder, check=True, capture_output=True)
            path = pathlib.Path(folder) / name
            checked += [check_xarray(path), check_ncdump(path, axes)]
    return 0 if any(checked) else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
