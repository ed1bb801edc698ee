"""Does it fit? The memory that is there, looked at before much of it is asked for."""

from pathlib import Path

from sim.region import ConfigError

CGROUP = Path("/sys/fs/cgroup")
MUCH = 256e6  # bytes that are asked for without a look: worlds on the shipped map take a few million


def available_bytes(cgroup: Path = CGROUP) -> float:
    """Memory that this process may still take: the machine's, or what a container or batch job leaves."""
    import psutil  # here, since hardly any run asks

    free = float(psutil.virtual_memory().available)
    try:
        most, used = ((cgroup / name).read_text().strip() for name in ("memory.max", "memory.current"))
        return free if most == "max" else min(free, float(most) - float(used))
    except (OSError, ValueError):
        return free


def check_room(need: float, compounds: int) -> None:
    """Raise ConfigError (one line: needed, available, what to change) when a world of so many compounds cannot fit."""
    if need > MUCH and need > (free := available_bytes()):
        raise ConfigError(
            f"world: needs at least {need / 1e9:.1f} GB for {compounds:,} compounds and {free / 1e9:.1f} GB are available; "
            "allowed: fewer of them (initial.filled lower, initial.largest higher), or a machine with more memory"
        )
