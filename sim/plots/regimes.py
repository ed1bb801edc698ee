"""Regimes: in what part of the parameter draws, and of the structural variants, each claim comes out how."""

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from sim.plots import style

CAPTION = (
    "Share of parameter draws (left) and of structural variants of the model (right) in which each claim holds, fails, is "
    "reversed, or cannot be asked because what it presupposes does not happen, by the estimate of each point alone. All "
    "parameters are drawn together from their ranges; a structure is one switch of the rules. A bimodal claim shows here and "
    "not in a mean. H1 to H3 are the parts of the headline claim, which holds only where all of them do."
)
OUTCOMES = {  # in the order of the bar
    "holds": style.GREEN,
    "holds in space but not in target": style.SKY,
    "not decided": style.PALE,
    "undefined": "#FFFFFF",
    "fails": style.ORANGE,
    "reverses": style.VERMILLION,
}
OVER = {"draws": "Parameter draws", "structures": "Structural variants"}


def data(points):
    """One row for each claim, `over` (draws or structures) and outcome that occurs: count, points, share (0 to 1).

    points: claim, draw, structure, outcome; draw 0 is the shipped parameters, structure "" the shipped rules. Claims keep
    their order, the headline first.
    """
    points = points.assign(structure=points["structure"].astype(object).fillna(""))
    rows = []
    for claim in dict.fromkeys(points["claim"]):
        mine = points[points["claim"] == claim]
        drawn, varied = mine[mine["draw"] > 0], mine[(mine["draw"] == 0) & (mine["structure"] != "")]
        for over, found in (("draws", drawn), ("structures", varied)):
            counts = found["outcome"].value_counts()
            for outcome in OUTCOMES:
                if outcome in counts:
                    share = counts[outcome] / len(found)
                    rows.append((claim, over, outcome, int(counts[outcome]), len(found), share))
    if not rows:
        raise ValueError("points: neither parameter draws nor structural variants were run; see draws= and structures=")
    return pd.DataFrame(rows, columns=["claim", "over", "outcome", "count", "points", "share"])


def draw(table, provenance=""):
    """A Figure with a stacked bar per claim, draws beside structures, from the table made by `data`."""
    with style.context():
        claims = list(dict.fromkeys(table["claim"]))
        shown = [over for over in OVER if over in set(table["over"])]
        fig = style.figure(style.DOUBLE_COLUMN, 1.15 + 0.155 * len(claims))
        axes = fig.subplots(1, len(shown), sharey=True, squeeze=False)[0]
        for ax, over in zip(axes, shown, strict=True):
            wide = table[table["over"] == over].pivot(index="claim", columns="outcome", values="share").reindex(claims)
            wide = wide.reindex(columns=list(OUTCOMES)).fillna(0.0)
            left = np.zeros(len(claims))
            for outcome, colour in OUTCOMES.items():
                width = 100 * wide[outcome].to_numpy()
                edge = style.GREY if outcome in ("undefined", "not decided") else colour
                ax.barh(range(len(claims)), width, 0.78, left=left, color=colour, edgecolor=edge, linewidth=0.4)
                left += width
            count = table.loc[table["over"] == over, "points"]
            ax.set_title(f"{OVER[over]} ({count.max()})")
            ax.set_xlim(0, 100)
            ax.set_xlabel(f"Share of {OVER[over].lower()} (%)")
            ax.tick_params(axis="y", length=0)
        names = ["Headline" if claim == "headline" else claim for claim in claims]
        axes[0].set_yticks(range(len(claims)), names)
        axes[0].set_ylim(len(claims) - 0.4, -0.6)
        used = [outcome for outcome in OUTCOMES if outcome in set(table["outcome"])]
        handles = [Patch(facecolor=OUTCOMES[name], edgecolor=style.GREY, linewidth=0.4, label=name) for name in used]
        fig.legend(handles=handles, loc="outside upper left", ncols=len(used), handlelength=1.0, columnspacing=1.0)
        style.finish(fig, f"By the estimate of each draw or variant alone, in the window of each claim. {provenance}")
    return fig
