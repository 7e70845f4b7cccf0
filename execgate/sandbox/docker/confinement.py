"""How a container is confined: from limits to what the engine is told.  Pure.

Nothing here is optional.  A limit that is unlimited takes its own flag away and no other.
"""

# ruff: noqa: S108 - the temporary folders are those inside the container

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from execgate.model.confines import HostFolder
from execgate.model.places import HOME, WORKSPACE
from execgate.sandbox import seccomp
from execgate.sandbox.cell import CELL_VARIABLE, Profile
from execgate.sandbox.network import INSIDE
from execgate.sandbox.places import (
    KEEPER,
    OOM_SCORE,
    PACKAGES,
    USER,
    environment,
    inodes,
    processors,
    rlimits,
    shares,
)

_LOW_PORTS = {"net.ipv4.ip_unprivileged_port_start": "0"}
"""For a cell with a way out: names are asked for at port 53."""
_NO_TRACES = {"net.ipv4.tcp_max_tw_buckets": "0"}
"""For a cell that is kept: nothing of a connection stays for the next run to see."""


def host_config(profile: Profile, *, host_cpus: int, door: Path | None = None) -> dict[str, Any]:
    """Return the arguments of the docker SDK's `create_host_config` for a cell of `profile`.

    `door` is the folder of the gate's socket, for one that has a network.

    Raises SandboxUnavailableError for a limit that is finer than an engine can keep.
    """
    limits = profile.limits
    disk = shares(limits.disk_bytes)
    config: dict[str, Any] = {
        "network_mode": "none",
        "ipc_mode": "private",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true", f"seccomp={seccomp.profile(kept=profile.kept)}"],
        "privileged": False,
        "read_only": True,
        "tmpfs": {
            WORKSPACE: _tmpfs(profile, disk.workspace, "0700"),
            "/tmp": _tmpfs(profile, disk.tmp, "1777"),
            HOME: _tmpfs(profile, disk.home, "0700"),
            "/dev/shm": _tmpfs(profile, disk.shm, "1777"),
        },
        "ulimits": [{"Name": name, "Soft": most, "Hard": most} for name, most in rlimits(limits).items()],
        "log_config": {"Type": "none"},
        "restart_policy": {"Name": "no"},
        "dns": ["127.0.0.1"],
        "dns_search": ["."],
        "oom_score_adj": OOM_SCORE,
    }
    folders = list(profile.host_folders)
    if profile.packages is not None:
        folders.append(HostFolder(str(profile.packages), PACKAGES))
    if folders:
        config["mounts"] = [_mount(folder) for folder in folders]
    if limits.memory_bytes is not None:
        config["mem_limit"] = limits.memory_bytes
        config["memswap_limit"] = limits.memory_bytes
    if door is not None:
        config["binds"] = {str(door): {"bind": INSIDE, "mode": "ro"}}
    if limits.processes is not None:
        config["pids_limit"] = limits.processes + profile.own_processes
    cpus = processors(limits.cpus, host_cpus)
    if cpus is not None:
        config["nano_cpus"] = int(cpus * 1_000_000_000)
    if profile.kept:
        config["cap_add"] = ["SETUID", "SETGID"]  # the supervisor's alone: see the guest's `identity`
    sysctls = (_LOW_PORTS if profile.network else {}) | (_NO_TRACES if profile.kept else {})
    if sysctls:
        config["sysctls"] = sysctls
    return config


def _mount(folder: HostFolder) -> dict[str, Any]:
    """Return a folder of the host as the engine mounts it: to be read, without what is mounted below it."""
    return {
        "Type": "bind",
        "Source": folder.source,
        "Target": folder.target,
        "ReadOnly": True,
        # The mounts below would stay writable: an engine makes the uppermost alone read-only.
        "BindOptions": {"Propagation": "rprivate", "NonRecursive": True},
    }


def _tmpfs(profile: Profile, size: int | None, mode: str) -> str:
    user, mode = (KEEPER, "1777") if profile.kept else (USER, mode)
    most = inodes(profile.limits.files)
    options = f"rw,noexec,nosuid,nodev,mode={mode},uid={user},gid={user},nr_inodes={most}"
    return options if size is None else f"{options},size={size}"


def container(profile: Profile, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of the docker SDK's `create_container`, without the host configuration."""
    return {
        "image": profile.image,
        # The supervisor of a kept cell starts as root with two capabilities, and is neither soon after.
        "user": "0:0" if profile.kept else f"{USER}:{USER}",
        "working_dir": "/",
        "hostname": "sandbox",
        "environment": {
            **environment(profile.limits),
            CELL_VARIABLE: json.dumps(profile.to_json(), separators=(",", ":")),
        },
        "labels": dict(labels),
        "stdin_open": True,
        "tty": False,
        "use_config_proxy": False,
        "stop_signal": "SIGKILL",
        "healthcheck": {"test": ["NONE"]},
    }


def is_discarded(warning: str) -> bool:
    """Return whether an engine's warning says that it will not keep a limit.

    Swap is let pass: kernels that don't count it are common, and memory itself is still limited.
    """
    return "discarded" in warning.lower() and "swap" not in warning.lower()
