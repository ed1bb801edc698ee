"""How a table of results becomes Parquet."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

DATES = ("date", "start", "end")


def settings(schema: pa.Schema) -> dict[str, Any]:
    """How the columns are written: keys as dictionaries, amounts, which hardly ever repeat, byte beside byte, a page a column."""
    kinds = {field.name: field.type for field in schema}
    numbers = [name for name, kind in kinds.items() if pa.types.is_integer(kind)]
    amounts = [name for name, kind in kinds.items() if pa.types.is_floating(kind)]
    return {
        "compression": "zstd", "compression_level": -1,
        "row_group_size": 1 << 20, "max_rows_per_page": 1 << 20, "write_batch_size": 1 << 20,
        "use_dictionary": [name for name in kinds if name not in (*numbers, *amounts)],
        "column_encoding": dict.fromkeys(amounts, "BYTE_STREAM_SPLIT"),  # first bytes beside first bytes: a seventh smaller
        "write_statistics": [*numbers, *(name for name in DATES if name in kinds)],  # what a reader would skip rows by
    }  # fmt: skip


def arrow(table: pd.DataFrame, notes: Mapping[str, str]) -> pa.Table:
    """A table for Arrow, with texts to keep beside it."""
    content = _columns(table)
    return content.replace_schema_metadata({**(content.schema.metadata or {}), **notes})


def _columns(table: pd.DataFrame) -> pa.Table:
    """A table for Arrow. If it has only keys, texts, dates and plain numbers, not every value is looked at, as pandas would."""
    columns, fields = [], []
    for name, values in table.items():
        kind = values.dtype
        if isinstance(kind, pd.CategoricalDtype):
            codes = values.array.codes
            places = pa.array(codes, mask=codes < 0 if (codes < 0).any() else None)
            column = pa.DictionaryArray.from_arrays(places, pa.array(kind.categories), ordered=kind.ordered, safe=False)
        elif kind == "str":
            column = pa.array(values)
        elif isinstance(kind, np.dtype) and kind.kind in "biufM":
            plain = values.to_numpy()
            column = pa.array(plain, from_pandas=kind.kind == "f" and bool(np.isnan(plain).any()))  # undefined is null
        else:
            return pa.Table.from_pandas(table, preserve_index=False)
        columns.append(column)
        fields.append(pa.field(name, column.type, nullable=not pa.types.is_integer(column.type)))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))
