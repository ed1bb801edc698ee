"""The table of parameters: the values of a run beside what is known of each."""

from sim.report.page import cell, column

COLUMNS = [
    column("name", "Parameter", kind="text"),
    column("value", "Value"),
    column("unit", "Unit", kind="text"),
    column("range", "Range", kind="text"),
    column("grade", "Grade", "of the evidence, from A (measured) to D (judgement)", kind="text"),
    column("source", "Source", kind="text"),
]


def parameters_table(values, shipped):
    """Columns and rows of all parameters.

    values: {group: {name: value, or an entry with one}} of the run.   shipped: the entries, with unit, range, grade, source.
    """
    rows = []
    for group, names in values.items():
        for name, value in names.items():
            about = shipped.get(group, {}).get(name, {})
            value = value.get("value") if isinstance(value, dict) else value  # some manifests keep the whole entry
            ends = about.get("range")
            changed = value != about.get("value")
            number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
            shown = f"{value:,.6g}" if number is not None else str(value)
            words = {key: str(about.get(key) or "") for key in ("unit", "grade", "source")}
            between = f"{ends[0]:g} to {ends[1]:g}" if ends else ""
            rows.append(
                {
                    "name": cell(f"{group}.{name}", f"{group}.{name}"),
                    "value": cell(f"{shown} (shipped: {about.get('value')})" if changed else shown, number),
                    "range": cell(between, between or None),
                    **{key: cell(text, text or None) for key, text in words.items()},
                }
            )
    return {"columns": COLUMNS, "rows": rows}
