"""Figures inside a page: drawings where they are small, pictures with fewer colours where they are not, within a budget."""

import base64
import io
import re
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

LARGEST_DRAWING = 100_000  # bytes of an SVG; above it the picture is the lighter one
BUDGET = 5_000_000  # bytes of all figures in a page; a page of more than about 8 MB opens slowly
COLOURS = 160
PATH = re.compile(rb' d="[^"]*"')  # only in paths: a scale such as 0.015625 needs all its digits
NEEDLESS = re.compile(rb"(\d\.\d\d)\d+")  # digits of a coordinate beyond a hundredth of a point


def embedded(folder, stems, budget=BUDGET):
    """{stem: {"source": data URI, "caption": text}} for the figures of `folder` that fit into the budget, the first first.

    stems: in the order of their importance. A figure that was not drawn is left out, and so is one that no longer fits.
    """
    there = [stem for stem in stems if (folder / f"{stem}.png").is_file()]
    with ThreadPoolExecutor(4) as pool:  # Pillow holds no interpreter lock while it works
        sources = dict(zip(there, pool.map(lambda stem: _source(folder, stem), there), strict=True))
    kept, used = {}, 0
    for stem, source in sources.items():
        if used + len(source) <= budget:
            used += len(source)
            kept[stem] = {"source": source, "caption": _caption(folder, stem)}
    return kept


def _source(folder, stem):
    drawing = folder / f"{stem}.svg"
    if drawing.is_file() and drawing.stat().st_size <= LARGEST_DRAWING:
        return _uri("image/svg+xml", PATH.sub(lambda path: NEEDLESS.sub(rb"\1", path[0]), drawing.read_bytes()))
    with Image.open(folder / f"{stem}.png") as picture:
        fewer = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    small = io.BytesIO()
    fewer.save(small, "PNG", compress_level=6)
    return _uri("image/png", small.getvalue())


def _uri(kind, content):
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _caption(folder, stem):
    note = folder / f"{stem}.txt"
    return note.read_text(encoding="utf-8").split("\n\n")[0] if note.is_file() else ""
