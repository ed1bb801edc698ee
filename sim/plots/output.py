"""Files of a figure: picture, drawing, the numbers behind it and its caption, side by side and never half-written."""

import io
import os
from pathlib import Path

from sim.plots import style

DPI = 200


def write(fig, table, folder, stem, caption, manifest_digest):
    """Write stem.png (200 dpi), stem.svg, stem.csv and stem.txt (caption, foot, digest of the manifest) into `folder`.

    Each file is written under a passing name and then renamed, so a reader sees the old file or the new one.
    The same figure gives the same bytes. Returns the four paths.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    note = f"{caption}\n\n{style.foot(fig) or 'Model output.'}\n\nManifest: {manifest_digest}\n"
    with style.context():
        picture, drawing = io.BytesIO(), io.BytesIO()
        fig.savefig(picture, format="png", dpi=DPI, metadata={"Description": note, "Software": None})
        fig.savefig(drawing, format="svg", metadata={"Description": note, "Date": None, "Creator": None})
    numbers = table.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
    contents = {
        ".png": picture.getvalue(),
        ".svg": drawing.getvalue(),
        ".csv": numbers.encode("utf-8"),
        ".txt": note.encode("utf-8"),
    }
    return [_replace(folder / f"{stem}{suffix}", content) for suffix, content in contents.items()]


def _replace(path, content):
    passing = path.with_name(f".{path.name}.{os.getpid()}.part")
    passing.write_bytes(content)
    passing.replace(path)
    return path
