"""What is read of a machine, on trees of files as kernels have them."""

from pathlib import Path

import psutil
import pytest

from actors.monitoring.host import read_host

MB = 1 << 20
PRESSURE = "some avg10={} avg60=1.00 avg300=1.00 total=9\nfull avg10=99.00 avg60=0.00 avg300=0.00 total=0\n"


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def group_v2(path: str, limit: str, used: int, reclaimable: int = 0) -> dict[str, str]:
    return {
        f"{path}/memory.max": f"{limit}\n",
        f"{path}/memory.current": f"{used}\n",
        f"{path}/memory.stat": f"anon 1\ninactive_file {reclaimable}\nactive_file 3\n",
    }


UNIT = "sys/fs/cgroup/system.slice/worker.service"


@pytest.mark.parametrize(
    ("files", "available_mb"),
    [
        # A unit of systemd with MemoryMax; file pages that can be dropped are free.
        (
            {
                "proc/self/cgroup": "0::/system.slice/worker.service\n",
                **group_v2(UNIT, str(64 * MB), 48 * MB, 8 * MB),
            },
            24,
        ),
        # The limit of a group above it
        (
            {
                "proc/self/cgroup": "0::/system.slice/worker.service\n",
                **group_v2(UNIT, "max", 9 * MB),
                **group_v2("sys/fs/cgroup/system.slice", str(32 * MB), 30 * MB),
            },
            2,
        ),
        # A container, which sees its own group as the top, by whatever path
        ({"proc/self/cgroup": "0::/docker/abc\n", **group_v2("sys/fs/cgroup", str(16 * MB), 20 * MB)}, 0),
        # Control groups of version 1
        (
            {
                "proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/docker/abc\n0::/\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{40 * MB}\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{30 * MB}\n",
                "sys/fs/cgroup/memory/memory.stat": f"inactive_file 1\ntotal_inactive_file {5 * MB}\n",
            },
            15,
        ),
    ],
)
def test_limits_of_control_groups_count_where_they_are_tighter(
    files: dict[str, str], available_mb: int, tmp_path: Path
) -> None:
    assert read_host(written(tmp_path, files)).available_bytes == available_mb * MB


def test_without_a_limit_it_is_what_the_machine_has(tmp_path: Path) -> None:
    files = {"proc/self/cgroup": "0::/a\n", **group_v2("sys/fs/cgroup/a", "max", MB)}

    available_bytes = read_host(written(tmp_path, files)).available_bytes

    assert available_bytes == pytest.approx(psutil.virtual_memory().available, rel=0.5)


def test_pressure_is_that_of_the_machine_or_of_the_group_whichever_is_higher(tmp_path: Path) -> None:
    files = {
        "proc/self/cgroup": "0::/a\n",
        "proc/pressure/cpu": PRESSURE.format("12.34"),
        "proc/pressure/memory": PRESSURE.format("3.00"),
        "sys/fs/cgroup/a/cpu.pressure": PRESSURE.format("56.00"),
        "sys/fs/cgroup/a/memory.pressure": PRESSURE.format("0.00"),
    }

    readings = read_host(written(tmp_path, files))

    assert (readings.cpu_stall_percent, readings.memory_stall_percent) == (56.0, 3.0)


def test_a_kernel_without_pressure_has_a_load(tmp_path: Path) -> None:
    # Switched off, its files can be empty.
    readings = read_host(written(tmp_path, {"proc/pressure/cpu": ""}))

    assert (readings.cpu_stall_percent, readings.memory_stall_percent) == (None, None)
    assert readings.load_per_core is not None
    assert readings.load_per_core >= 0


def test_this_machine_can_be_read() -> None:
    assert read_host().available_bytes > 10 * MB
