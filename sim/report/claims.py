"""The report of the claims: the headline, a card for each claim, the table of all, how robust they are, how it was made."""

import pandas as pd

from sim.claims.cards import with_interval
from sim.report.page import DASH, cell, column, fill, numbers, percent, typeset
from sim.report.pictures import embedded

HEADLINE = "HEADLINE"
TITLES = {"regimes": "In what part of the worlds each claim holds", "specification": "Specification curve of the headline",
          "boxes": "Under which parameters"}  # fmt: skip
COLUMNS = [
    column("claim", "Claim", kind="text"),
    column("verdict", "Verdict", kind="text"),
    column("said", "What the articles say", kind="text"),
    column("estimand", "Estimand", kind="text"),
    column("value", "Value", "with its 95 % interval over pairs; per cent, months or a count, as the estimand is"),
    column("rope", "No difference", "values that count as none, and on which side of them the claim holds", kind="text"),
    column("pairs", "Pairs"),
    column("share_of_draws", "Draws", "share of the parameter draws in which the claim holds, per cent"),
    column("share_of_structures", "Structures", "share of the structural variants in which it holds, per cent"),
]
KNOCKOUT = [column("part", "Part", kind="text"), column("name", "Mechanism", kind="text"),
            column("value", "Shapley value", "how much of the estimate the mechanism accounts for")]  # fmt: skip
MAPS = [column("part", "Part", kind="text"), column("real", "Real map"), column("least", "Least of the others"),
        column("most", "Most"), column("maps", "Other maps"), column("rank", "Percentile of the real map")]  # fmt: skip
BOXES = [column("claim", "Claim", kind="text"), column("outcome", "Outcome", kind="text"),
         column("parameter", "Parameter", kind="text"), column("low", "From"), column("high", "To"),
         column("coverage", "Coverage"), column("density", "Density")]  # fmt: skip


def claims_page(results, parameters):
    """report.html of the claims.

    results: the tables by name (claims, points, knockout, maps, boxes), with `manifest` and `path`; cards.txt lies there.
    parameters: see `sim.report.parameters_table`.
    """
    told, manifest = results["claims"], results.manifest
    texts = _texts((results.path / "cards.txt").read_text(encoding="utf-8"))
    cards = [_card(row, texts.get(row["claim"], [])) for row in told.to_dict("records")]
    said = {card["id"]: card["said"] for card in cards}
    counts = told["verdict"].value_counts()
    kept = embedded(results.path / "figures", list(TITLES))
    figures = [{"stem": stem, "title": TITLES[stem], **kept[stem]} for stem in TITLES if stem in kept]
    return fill(
        "claims.html.j2",
        title="What the articles claim, and what the model says",
        manifest=manifest, numbers=numbers(manifest), headline=texts.get(HEADLINE), verdict=manifest.get("headline"),
        cards=cards, counts=[(name, int(counts[name])) for name in counts.index],
        columns=COLUMNS, rows=[_row(row, said) for row in told.to_dict("records")],
        figures=[{"title": "All claims", "figures": figures}] if figures else [], parameters=parameters,
        knockout={"columns": KNOCKOUT, "rows": _knockout(results["knockout"])},
        maps={"columns": MAPS, "rows": _maps(results["maps"])}, boxes={"columns": BOXES, "rows": _boxes(results["boxes"])},
    )  # fmt: skip


def _texts(written):
    """{id: lines} of the cards as printed: a blank line between cards, indented lines go on from the line before."""
    found = {}
    for block in written.strip().split("\n\n"):
        lines = block.replace("\n  ", " ").splitlines()
        name = lines[0].split()[0].rstrip(":")
        lines[0] = lines[0].removeprefix(f"{HEADLINE}: ")
        found[name] = [typeset(line) for line in lines]
    return found


def _card(row, lines):
    """A claim for people; the first line of its text is what the articles say, the rest how it was asked and what came out."""
    said = lines[0].partition(": ")[2] if lines else ""
    article = f"{int(row['article']):03d}" if str(row["article"]).isdigit() else str(row["article"])
    return {"id": row["claim"], "article": article, "said": said, "verdict": row["verdict"], "lines": lines[1:]}


def _row(row, said):
    made = {name: cell(DASH if pd.isna(row[name]) else str(row[name]), None if pd.isna(row[name]) else row[name])
            for name in ("claim", "verdict", "estimand", "rope", "pairs")}  # fmt: skip
    made["said"] = cell(said[row["claim"]], said[row["claim"]])
    value = [row[end] for end in ("value", "low", "high")]
    made["value"] = cell(DASH) if pd.isna(value[0]) else cell(typeset(with_interval(row["estimand"], *value, digits=0)), value[0])
    for name in ("share_of_draws", "share_of_structures"):
        made[name] = percent(row[name], sign="")
    return made


def _knockout(table):
    shares = table[table["kind"] == "shapley"] if len(table) else table
    return [
        {
            "part": cell(row["part"], row["part"]),
            "name": cell(row["name"], row["name"]),
            "value": cell(f"{row['value']:+.2f}", row["value"]),
        }
        for row in shares.to_dict("records")
    ]


def _maps(table):
    rows = []
    for part, mine in table.groupby("part", sort=False) if len(table) else ():
        real, others = mine.loc[mine["map"] == "real", "value"].iloc[0], mine.loc[mine["map"] != "real", "value"]
        values = {"real": real, "least": others.min(), "most": others.max()}
        rank, count = mine["percentile_of_real"].iloc[0], len(others)
        rows.append({"part": cell(part, part), **{name: cell(f"{value:.2f}", value) for name, value in values.items()},
                     "maps": cell(str(count), count), "rank": cell(f"{rank:.0f}", rank)})  # fmt: skip
    return rows


def _boxes(table):
    names = [one["name"] for one in BOXES]
    return [
        {name: cell(f"{row[name]:.3g}" if isinstance(row[name], float) else str(row[name]), row[name]) for name in names}
        for row in table.to_dict("records")
    ]
