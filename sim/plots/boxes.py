"""Boxes: under which parameters a claim holds, fails or reverses, as limits on the ranges that were drawn."""

import textwrap

from sim.plots import style
from sim.plots.regimes import OUTCOMES

CAPTION = (
    "Scenario discovery: the box of parameter draws in which a claim mostly comes out as the title says, found by the patient "
    "rule induction method (PRIM; first box on the peeling path with density 0.8). Bar: limits of the box on the range from "
    "which a parameter was drawn (pale; logarithmic where it was drawn so); parameters without a bar are not limited. Coverage: "
    "share of the draws with that outcome inside the box; density: share of the draws inside with that outcome. Limits whose "
    "quasi-p is above 0.05 are left out. Boxes describe these draws; with few of them they overstate."
)
COLUMNS = ["claim", "outcome", "paraphrase", "parameter", "label", "low", "high", "low_at", "high_at", "coverage", "density"]
WIDTH, HEAD = 36, 66  # characters of a line of a label, and of a title
SHOWN = 8  # boxes, those that cover most
REACH = 1.36  # of an axis: a range, and the numbers beside it
TITLE, LINE = 0.85, 0.45  # inches: above a box, and of each limit


def data(boxes):
    """The boxes that cover most draws, the headline's first: the columns COLUMNS and `limits`, how many each box has.

    boxes: claim, outcome, paraphrase, parameter, label (in words), low, high (natural units), low_at, high_at (places on the
    range as drawn, 0 to 1), coverage, density. A row for each limit.
    """
    if boxes.empty:
        raise ValueError("boxes: no box was found")
    table = boxes.reindex(columns=COLUMNS)
    table["limits"] = table.groupby(["claim", "outcome"])["parameter"].transform("size")
    table = table.assign(later=~table["claim"].isin(["headline", "H1", "H2", "H3"]))
    table = table.sort_values(["later", "coverage", "claim", "outcome"], ascending=[True, False, True, True], kind="stable")
    kept = table[["claim", "outcome"]].drop_duplicates().head(SHOWN)
    return table.merge(kept, on=["claim", "outcome"])[[*COLUMNS, "limits"]]


def draw(table, provenance=""):
    """A Figure with a panel per box and a bar per limit from the table made by `data`."""
    with style.context():
        boxes = [rows for _, rows in table.groupby(["claim", "outcome"], sort=False)]
        heights = [TITLE + LINE * len(rows) for rows in boxes]
        fig = style.figure(style.DOUBLE_COLUMN, 0.75 + sum(heights))
        axes = fig.subplots(len(boxes), 1, squeeze=False, sharex=True, height_ratios=[len(rows) for rows in boxes])[:, 0]
        for ax, rows in zip(axes, boxes, strict=True):
            _panel(ax, rows)
            ax.spines["bottom"].set_visible(ax is axes[-1])
            ax.tick_params(axis="x", length=2.5 if ax is axes[-1] else 0)
        axes[-1].set_xlabel("Place on the range from which it was drawn", x=0.5 / REACH)
        style.finish(fig, f"{len(boxes)} box{'es' * (len(boxes) > 1)}. {provenance}")
    return fig


def _panel(ax, rows):
    first = rows.iloc[0]
    colour = OUTCOMES.get(first["outcome"], style.GREY)
    for y, row in enumerate(rows.to_dict("records")):
        ax.barh(y, 1.0, 0.5, color=style.PALE)
        ax.barh(y, row["high_at"] - row["low_at"], 0.5, left=row["low_at"], color=colour)
        ax.text(1.02, y, f"{_number(row['low'])} to {_number(row['high'])}", va="center")
    ax.set_yticks(range(len(rows)), [textwrap.fill(str(label), WIDTH) for label in rows["label"]])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, REACH)
    ax.spines["bottom"].set_bounds(0, 1)
    ax.set_xticks([0, 0.5, 1], ["low end", "", "high end"])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    name = "Headline" if first["claim"] == "headline" else first["claim"]
    lines = [f"{name} {first['outcome']}"]
    if isinstance(first["paraphrase"], str):
        lines += textwrap.wrap(first["paraphrase"], HEAD, max_lines=2, placeholder=" …")
    lines.append(f"coverage {style.percent(first['coverage'])}, density {style.percent(first['density'])}")
    ax.set_title("\n".join(lines), loc="left", x=0)


def _number(value):
    return style.thousands(value) if abs(value) >= 1000 else f"{value:.3g}"
