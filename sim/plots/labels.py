"""Place names on a map so that none covers another: a greedy search over a few positions around each point."""

from math import cos, pi, sin

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

RADII = (5, 9, 14, 20, 26)  # points from the place to the name
DIRECTIONS = 16


def extent(text):
    """The box of a text in pixels, with a margin of one point."""
    box = text.get_window_extent(text.figure.canvas.get_renderer())
    margin = text.figure.dpi / 72
    return Bbox.from_extents(box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin)


def around(ax, x, y, radius):
    """The box in pixels around a point given in data coordinates; radius in points."""
    centre, reach = ax.transData.transform((x, y)), radius * ax.figure.dpi / 72
    return Bbox.from_extents(*(centre - reach), *(centre + reach))


def place(ax, places, frame, keep_clear=(), avoid=(), leader=True, **text_style):
    """Write names beside their points, the first in the list first.

    places: (name, x, y) in data coordinates; frame: the box in pixels that holds all names; keep_clear: boxes in
    pixels that no name may touch; avoid: points (x, y) in data coordinates better left uncovered; leader: far names
    get a thin line to their point; without it they may stand on the point, but on none of `avoid`. A name that fits
    nowhere is left out.

    Returns the list of Texts. The axes must have their final position and limits.
    """
    pixel = ax.figure.dpi / 72
    taken = list(keep_clear)
    own = [(x, y) for _, x, y in places] if leader else []
    points = ax.transData.transform(np.array([*avoid, *own], float).reshape(-1, 2))
    written = []
    for name, x, y in places:
        text = ax.annotate(name, (x, y), (0, 0), textcoords="offset points", ha="center", va="center", **text_style)
        text.set_path_effects([withStroke(linewidth=1.6, foreground="white", alpha=0.85)])
        text.set_zorder(9)
        box = extent(text)
        width, height = box.width / pixel, box.height / pixel
        best = None
        for radius in RADII if leader else (0, *RADII[:2]):
            for step in range(DIRECTIONS):
                angle = 2 * pi * step / DIRECTIONS
                dx = radius * cos(angle) + (width / 2) * _side(cos(angle))
                dy = radius * sin(angle) + (height / 2) * _side(sin(angle))
                if radius == 0:
                    dx = dy = 0.0
                moved = box.translated(dx * pixel, dy * pixel)
                if not (frame.x0 <= moved.x0 and moved.x1 <= frame.x1):
                    continue
                if not (frame.y0 <= moved.y0 and moved.y1 <= frame.y1) or any(moved.overlaps(other) for other in taken):
                    continue
                inside = (points >= moved.min) & (points <= moved.max)
                covered = int(inside.all(axis=1).sum())
                if covered and not leader:
                    continue
                cost = 1.5 * radius + 1.5 * covered + 2 * abs(sin(angle))  # beside the point reads best
                if best is None or cost < best[0]:
                    best = (cost, dx, dy, moved, radius)
        if best is None:
            text.remove()
            continue
        _, dx, dy, moved, radius = best
        text.set_position((dx, dy))
        taken.append(moved)
        written.append(text)
        if leader and radius > RADII[1]:
            end = ax.transData.inverted().transform(_nearest(moved, ax.transData.transform((x, y))))
            line = ax.plot([x, end[0]], [y, end[1]], color=text.get_color(), linewidth=0.6, zorder=8)[0]
            line.set_path_effects([withStroke(linewidth=1.6, foreground="white")])
    return written


def _side(value):
    return 0.0 if abs(value) < 0.3 else (1.0 if value > 0 else -1.0)


def _nearest(box, point):
    return min(max(point[0], box.x0), box.x1), min(max(point[1], box.y0), box.y1)
