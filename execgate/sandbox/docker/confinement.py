"""How a container is confined: from limits to what the engine is told.  Pure.

Nothing here is optional.  A limit that is unlimited takes its own flag away and no other.
"""

# ruff: noqa: S108 - the temporary folders are those inside the container

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import HostFolder
from execgate.model.limits import Limits
from execgate.model.places import HOME, WORKSPACE
from execgate.sandbox import seccomp
from execgate.sandbox.cell import CELL_VARIABLE, Profile
from execgate.sandbox.network import INSIDE
from execgate.sandbox.places import INODES, KEEPER, PACKAGES, USER, environment, shares

SYSCTLS = {
    "net.ipv4.ip_unprivileged_port_start": "0",  # names are asked for at port 53
    "net.ipv4.tcp_max_tw_buckets": "0",  # nothing of a connection stays for the next run to see
}
"""What the network of a cell is set to, where it has one; it reaches no other."""


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
            "/dev/shm": _tmpfs(profile, disk.shm if disk.shm is not None else 1 << 30, "1777"),
        },
        "ulimits": _ulimits(limits),
        "log_config": {"Type": "none"},
        "restart_policy": {"Name": "no"},
        "dns": ["127.0.0.1"],
        "dns_search": ["."],
        "oom_score_adj": 500,
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
        config["sysctls"] = SYSCTLS
    if limits.processes is not None:
        # The supervisor is none of the program's, nor is what the runs of a kept cell are forked from, nor
        # the process that leads to the gate.
        config["pids_limit"] = limits.processes + (2 if profile.kept else 1) + (door is not None)
    if limits.cpus is not None and limits.cpus < host_cpus:
        if limits.cpus < 0.01:
            raise SandboxUnavailableError(
                f"can't limit a run to {limits.cpus} processors", help="set max_cpus to 0.01 or more"
            )
        config["nano_cpus"] = int(limits.cpus * 1_000_000_000)
    if profile.kept:
        config["cap_add"] = ["SETUID", "SETGID"]  # the supervisor's alone: see the guest's `identity`
        config["sysctls"] = {"net.ipv4.tcp_max_tw_buckets": "0"}  # no connection outlives its run
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


def _ulimits(limits: Limits) -> list[dict[str, Any]]:
    values = {"core": 0, "nofile": 1024, "msgqueue": 0, "memlock": 65_536, "rtprio": 0}
    if limits.disk_bytes is not None:
        values["fsize"] = limits.disk_bytes
    return [{"Name": name, "Soft": value, "Hard": value} for name, value in values.items()]


def _tmpfs(profile: Profile, size: int | None, mode: str) -> str:
    user, mode = (KEEPER, "1777") if profile.kept else (USER, mode)
    files = profile.limits.files
    inodes = INODES if files is None else files + 1  # the folder itself is one
    options = f"rw,noexec,nosuid,nodev,mode={mode},uid={user},gid={user},nr_inodes={inodes}"
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
