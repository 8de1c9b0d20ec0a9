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
    with xarray.open_dataset(path, group="error") as data:
        assert data["rmse"].dims == ("node", "sample"), data["rmse"].dims
    print(f"xarray: {len(groups(path))} groups")
    return True


def check_ncdump(path):
    if shutil.which("ncdump") is None:
        print("skipped: ncdump is not installed (Debian: netcdf-bin)")
        return False
    text = subprocess.run(["ncdump", "-h", path], check=True, capture_output=True, text=True).stdout
    for name in ("node = 4", "sample = 64", "followed = 16", "slot = 1", "component = 2"):
        assert name in text, f"ncdump shows no dimension {name}"
    assert "phony" not in text, "ncdump had to make up a dimension"
    print("ncdump: named dimensions")
    return True


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.argv[1], "run", "~sweep", "samples=64", "steps=3", "reference.steps=12", "log.evaluations=true",
             "+errors.weak=[first_moment]", "+errors.decompose=true", "output=."],
            cwd=folder, check=True, capture_output=True)
        path = str(pathlib.Path(folder) / "run.h5")
        checked = [check_xarray(path), check_ncdump(path)]
    return 0 if any(checked) else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
