"""Installs the packages of sites below `build/sites`, once, with the ordinary clients of their registries."""

import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmark.must_show.sites import PackagedSite, Registry

CACHE = Path("build/sites")
LIMIT_S = 300.0


class NotInstalled(Exception):
    """A package could not be fetched, unpacked or built."""


def install(site: PackagedSite, cache: Path = CACHE) -> Path:
    """Returns the folder to serve; what was installed before is not fetched again. Raises NotInstalled."""
    root = unpacked(site.package, site.version, site.registry, site.build, cache)
    if not (root / site.folder / site.start).is_file():
        raise NotInstalled(f"{root} has no {site.folder}/{site.start}. Remove the folder to fetch it again.")
    return root / site.folder


def unpacked(
    package: str,
    version: str,
    registry: Registry = "npm",
    build: tuple[str, ...] = (),
    cache: Path = CACHE,
) -> Path:
    """Returns the folder of a package, which is fetched only once. Raises NotInstalled."""
    root = cache.resolve() / f"{package}-{version.replace(':', '_').rstrip('*')}"
    if not root.is_dir():
        part = root.with_name(f"{root.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        FETCH[registry](package, version, part)
        if build:
            _run(build, part)
        part.rename(root)
    return root


def _from_npm(package: str, version: str, folder: Path) -> None:
    _run(("npm", "pack", f"{package}@{version}", "--silent"), folder)
    [archive] = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    archive.unlink()
    # All is below one folder, which most packages call "package".
    [inner] = folder.iterdir()
    for each in inner.iterdir():
        each.rename(folder / each.name)
    inner.rmdir()


def _from_debian(package: str, version: str, folder: Path) -> None:
    _run(("apt-get", "download", "-q", f"{package}={version}"), folder)
    [archive] = folder.glob("*.deb")
    _run(("dpkg-deb", "-x", archive.name, "."), folder)
    archive.unlink()


FETCH: dict[Registry, Callable[[str, str, Path], None]] = {"npm": _from_npm, "debian": _from_debian}


def _run(command: tuple[str, ...], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT_S)
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise NotInstalled(f"{command[0]} could not be run: {exc}") from exc
    if done.returncode:
        raise NotInstalled(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")
