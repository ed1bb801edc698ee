"""Other frameworks beside this one: their own models, in an environment of their own, timed on the same machine in the same call.

What they need (requirements/peers.txt) must not mix with what this package needs. The environment is made once, in the cache;
a peer that cannot be installed or does not run is reported as absent, with the reason, and holds nobody up.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from experiments.timing.own_process import Failed, in_own_process

ROOT = Path(__file__).parents[2]
PINS, MODELS = ROOT / "requirements" / "peers.txt", ROOT / "scripts" / "peer_models.py"
NEEDED = {"mesa": ("mesa", "networkx")}  # Mesa 3.5 does not import without the second, and does not ask for it
PEERS = {
    "mesa": ("mesa_boltzmann", "mesa_schelling", "mesa_wolf_sheep"),
    "starsim": ("starsim_sir",),
    "agentpy": ("agentpy_wealth",),
}


def peers() -> dict[str, dict]:
    """By model: library, its version and agent-steps per second, the best of three; or why it is absent."""
    found = {}
    for library, models in PEERS.items():
        try:
            python = _installed(library)
        except Failed as problem:
            found |= {model: {"library": library, "absent": str(problem)} for model in models}
            continue
        for model in models:
            try:
                told = in_own_process([str(python), str(MODELS), model], STARSIM_INSTALL_FONTS="0", MPLBACKEND="agg")
            except Failed as problem:
                told = {"absent": str(problem)}
            found[model] = {"library": library} | told
    return found


def _installed(library: str) -> Path:
    """The Python of the peers' environment, with this library in it. Raises Failed with the reason."""
    if not (PINS.is_file() and MODELS.is_file()):
        raise Failed("requirements/peers.txt and scripts/ come with a checkout of the repository only")
    pins = PINS.read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "scam-displacement"
    home = cache / f"peers-{hashlib.sha256(pins).hexdigest()[:12]}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = home / f"has-{library}"
    if not done.exists():
        if not python.exists():
            _run([sys.executable, "-m", "venv", str(home)])
        print(f"Installing {library} into {home} (once)", file=sys.stderr, flush=True)
        quietly = ("install", "--quiet", "--disable-pip-version-check")
        _run([str(python), "-m", "pip", *quietly, "-c", str(PINS), *NEEDED.get(library, (library,))])
        done.touch()
    return python


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, capture_output=True, text=True, check=True)
    except OSError as error:
        raise Failed(str(error)) from None
    except subprocess.CalledProcessError as error:
        told = [line for line in error.stderr.splitlines() if line.startswith("ERROR")] or error.stderr.splitlines()
        raise Failed(told[-1] if told else f"{command[1:4]} ended with {error.returncode}") from None
