"""What the machine that this process runs on has to give."""

from __future__ import annotations

import math
import os
from pathlib import Path

ROOT = Path("/")
PLENTY = 1 << 62  # bytes; where nothing says how much there is


def cores(root: Path = ROOT) -> int:
    """How many processors this process may keep busy: by its affinity, its container's quota, and
    OMP_NUM_THREADS."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = (root / "sys/fs/cgroup/cpu.max").read_text().split()
        found = min(found, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError):
        pass  # no container, or no quota
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(found, int(asked)) if asked.isdigit() else found)


def memory_left(root: Path = ROOT) -> int:
    """Bytes that this process can still take without anything being killed: what the machine has left, and
    what the container's limit leaves; what files only cache counts as free."""
    left = PLENTY
    available = fields(root / "proc/meminfo").get("MemAvailable:")
    if available is not None:
        left = available * 1024
    group = root / "sys/fs/cgroup"
    try:
        limit, used = int((group / "memory.max").read_text()), int((group / "memory.current").read_text())
    except (OSError, ValueError):
        return left  # no container, or no limit
    stat = fields(group / "memory.stat")
    cached = stat.get("inactive_file", 0) + stat.get("active_file", 0)
    return max(0, min(left, limit - used + cached))


def has_bfloat16(root: Path = ROOT) -> bool:
    """Whether the processor multiplies in bfloat16; elsewhere it is emulated, and slower than single
    precision."""
    try:
        flags = (root / "proc/cpuinfo").read_text(errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def fields(file: Path) -> dict[str, int]:
    """The numbers of a file of lines like `name 123`; none where there is no such file."""
    try:
        lines = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return {}
    return {line[0]: int(line[1]) for line in lines if len(line) > 1 and line[1].isdigit()}
