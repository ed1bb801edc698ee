"""How every figure looks: sizes, fonts, colours, numbers and the line at the foot.

Colours are Okabe and Ito's (2008), which readers with any common form of colour blindness can tell apart. Each
thing has one colour in every figure: zones take the four that also carry the map (blue where compounds are
removed, warm where they appear), blocs take the rest. Printed text is never smaller than 8 points.
"""

import re
import textwrap
import threading
import zlib
from contextlib import contextmanager

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

SINGLE_COLUMN = 3.4  # inches, as journals print it
DOUBLE_COLUMN = 7.0
FONT_SIZE = 8.0  # points, the smallest allowed

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE, INK = "#8A8A8A", "#D9D9D9", "#333333"
PALETTE = (BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE, GREY, PALE, INK)

ZONES = {"target": BLUE, "own_country": ORANGE, "cross_border": VERMILLION, "out_of_region": PURPLE, "everywhere": INK}
ZONE_NAMES = {
    "target": "Target",
    "own_country": "Own country, outside the target",
    "cross_border": "Across a border, in the region",
    "out_of_region": "Out of the region",
    "everywhere": "Everywhere",
}
BLOCS = {"chinese_speaking": GREEN, "regional_asian": SKY, "western": BLACK, "other": GREY}
BLOC_NAMES = {
    "chinese_speaking": "Chinese-speaking",
    "regional_asian": "Regional Asian",
    "western": "Western",
    "other": "Other",
}
SCENARIOS = {
    "baseline": GREY,
    "placebo": PALE,
    "kokang_crackdown": VERMILLION,
    "staged_raids": ORANGE,
    "rebel_offensive": PURPLE,
    "sanctions": INK,
    "regional_coordination": BLUE,
    "global_coordination": SKY,
    "awareness_china": GREEN,
    "relaxation": BLACK,
}
CHANGE = LinearSegmentedColormap.from_list("change", [BLUE, "#F7F7F7", VERMILLION])  # fewer - none - more

RC = {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same picture on every machine
    "font.size": FONT_SIZE,
    "axes.titlesize": FONT_SIZE + 0.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": FONT_SIZE,
    "xtick.labelsize": FONT_SIZE,
    "ytick.labelsize": FONT_SIZE,
    "legend.fontsize": FONT_SIZE,
    "legend.frameon": False,
    "figure.titlesize": FONT_SIZE + 1,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "axes.grid": False,
    "axes.unicode_minus": True,
    "lines.linewidth": 1.2,
    "savefig.dpi": 200,
    "svg.hashsalt": "scam-displacement",  # the same figure gives the same bytes
}
_LOCK = threading.RLock()  # matplotlib's settings are global to the process


@contextmanager
def context():
    """Matplotlib under the project's settings; one thread at a time."""
    with _LOCK, matplotlib.rc_context(RC):
        yield


def figure(width=DOUBLE_COLUMN, height=4.0, layout="constrained"):
    """An empty Figure on the Agg canvas, width and height in inches; pyplot never hears of it."""
    fig = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(fig)
    return fig


def scenario_colour(name):
    """A scenario's own colour; a name not seen before always gets the same one of the palette."""
    return SCENARIOS.get(name) or PALETTE[1:8][zlib.crc32(name.encode()) % 7]


def stamp(fig, text=""):
    """Write 'Model output' and the provenance at the foot; returns the height used, in inches."""
    columns = int(fig.get_figwidth() * 72 / (FONT_SIZE * 0.545))
    text = re.sub(r" (?=\S+$)", "\N{NO-BREAK SPACE}", f"Model output, not observation. {text}".strip())  # no last word alone
    lines = textwrap.wrap(text, columns)
    lines = [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]
    height = len(lines) * FONT_SIZE * 1.25 / 72 + 0.04
    if fig.get_layout_engine() is not None:
        share = height / fig.get_figheight()
        fig.get_layout_engine().set(rect=(0, share, 1, 1 - share))
    foot = fig.text(0.06 / fig.get_figwidth(), 0.04 / fig.get_figheight(), "\n".join(lines), va="bottom", ha="left")
    foot.set(fontsize=FONT_SIZE, color="#555555", gid="stamp")
    return height


def foot(fig):
    """What `stamp` wrote at the foot, in one line; "" where it wrote nothing."""
    return " ".join(word for text in fig.texts if text.get_gid() == "stamp" for word in text.get_text().split())


def finish(fig, text=""):
    """Stamp a figure, settle its layout once and keep it: a layout settled again would creep by parts of a pixel."""
    stamp(fig, text)
    fig.draw_without_rendering()
    fig.set_layout_engine("none")


def _signed(text, value, signed):
    if text.strip("0.,%k") == "" and not any(digit in text for digit in "123456789"):
        return text  # a zero carries no sign
    return ("−" if value < 0 else "+" if signed else "") + text


def thousands(value, signed=False):
    """12345.6 -> '12,346'."""
    return _signed(f"{abs(value):,.0f}", value, signed)


def compact(value, signed=False):
    """950 -> '950', 1234 -> '1.2k', 45678 -> '46k': for narrow places."""
    size = abs(value)
    if size < 999.5:
        return _signed(f"{size:.0f}", value, signed)
    text = f"{size / 1000:.1f}".removesuffix(".0") if size < 9950 else f"{size / 1000:,.0f}"
    return _signed(f"{text}k", value, signed)


def usd_bn(value, signed=False):
    """Dollars to billions of dollars: 3.21e9 -> '3.2'."""
    return _signed(f"{abs(value) / 1e9:,.1f}", value, signed)


def percent(value, signed=False, digits=0):
    """A share to per cent: 0.123 -> '12%'."""
    return _signed(f"{abs(value) * 100:.{digits}f}%", value, signed)


def points(value, digits=1):
    """A difference of shares to percentage points: 0.012 -> '+1.2'."""
    return _signed(f"{abs(value) * 100:.{digits}f}", value, True)


def heading(fig, text):
    """The scenario's title at the upper left, broken so that it leaves room for a legend at the right."""
    fig.suptitle(textwrap.fill(text, 34), x=0.01, ha="left", fontweight="bold")


def ticks(form, **options):
    """A matplotlib formatter from one of the functions above."""
    return FuncFormatter(lambda value, _position: form(value, **options))


def steps(size):
    """Ticks at every multiple of `size`."""
    return MultipleLocator(size)
