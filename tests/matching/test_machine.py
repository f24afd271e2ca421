from pathlib import Path

import pytest

from matching.machine import PLENTY, cores, has_bfloat16, memory_left

GIGABYTE = 1 << 30


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_a_containers_quota_limits_the_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(8)), raising=False)
    assert cores(tmp_path) == 8
    write(tmp_path, "sys/fs/cgroup/cpu.max", "150000 100000\n")
    assert cores(tmp_path) == 2
    write(tmp_path, "sys/fs/cgroup/cpu.max", "max 100000\n")
    assert cores(tmp_path) == 8


def test_who_runs_the_worker_may_ask_for_fewer_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert cores(tmp_path) == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "0")
    assert cores(tmp_path) == 1


def test_memory_is_what_the_machine_and_the_container_leave(tmp_path: Path) -> None:
    assert memory_left(tmp_path) == PLENTY  # a machine that does not say
    write(tmp_path, "proc/meminfo", "MemTotal: 9 kB\nMemAvailable:    4194304 kB\n")
    assert memory_left(tmp_path) == 4 * GIGABYTE
    write(tmp_path, "sys/fs/cgroup/memory.max", "max\n")
    write(tmp_path, "sys/fs/cgroup/memory.current", str(GIGABYTE))
    assert memory_left(tmp_path) == 4 * GIGABYTE
    write(tmp_path, "sys/fs/cgroup/memory.max", str(2 * GIGABYTE))
    assert memory_left(tmp_path) == GIGABYTE


def test_memory_that_only_caches_files_counts_as_left(tmp_path: Path) -> None:
    write(tmp_path, "sys/fs/cgroup/memory.max", str(2 * GIGABYTE))
    write(tmp_path, "sys/fs/cgroup/memory.current", str(2 * GIGABYTE))
    write(tmp_path, "sys/fs/cgroup/memory.stat", f"anon 5\ninactive_file {GIGABYTE}\nactive_file 1024\n")
    assert memory_left(tmp_path) == GIGABYTE + 1024


def test_bfloat16_is_used_only_where_the_processor_says_so(tmp_path: Path) -> None:
    assert not has_bfloat16(tmp_path)
    write(tmp_path, "proc/cpuinfo", "flags : avx2 avx512f")
    assert not has_bfloat16(tmp_path)
    write(tmp_path, "proc/cpuinfo", "flags : avx2 amx_bf16")
    assert has_bfloat16(tmp_path)
