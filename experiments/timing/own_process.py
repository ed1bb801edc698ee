"""Measure in a process of its own: what it prints last is one line of JSON."""

import json
import os
import subprocess


class Failed(RuntimeError):
    """A measurement that could not be made; the message is the reason, in one line."""


def in_own_process(command: list[str], **environment: str) -> dict:
    """Run a command with additions to the environment; the last line it prints, numbers to four digits. Raises Failed (why)."""
    try:
        done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout.splitlines()[-1], parse_float=lambda digits: float(f"{float(digits):.4g}"))
    except subprocess.CalledProcessError as error:
        told = error.stderr.strip().splitlines()
        raise Failed(told[-1] if told else f"ended with {error.returncode}, without a word") from None
    except (OSError, ValueError, IndexError) as error:
        raise Failed(f"{command[0]}: {error}") from None
