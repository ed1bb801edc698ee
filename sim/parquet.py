"""How a table of results becomes Parquet."""

from collections.abc import Container, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

DATES = ("date", "start", "end")
SKIPPED_BY = ("run", "seed", "draw", *DATES)  # what a reader would skip rows by: of these the file says the least and the most


def settings(schema: pa.Schema) -> dict[str, Any]:
    """How the columns are written: keys as dictionaries, amounts, which hardly ever repeat, byte beside byte, a page a column.

    Dates and numbers stand as they are: compressed they are as small as a dictionary, which would take twice as long to find.
    """
    kinds = {field.name: field.type for field in schema}
    amounts = [name for name, kind in kinds.items() if pa.types.is_floating(kind)]
    texts = [name for name, kind in kinds.items() if not pa.types.is_primitive(kind)]
    return {
        "compression": "zstd", "compression_level": -1,
        "row_group_size": 1 << 20, "max_rows_per_page": 1 << 20, "write_batch_size": 1 << 20,
        "use_dictionary": texts,
        "column_encoding": dict.fromkeys(amounts, "BYTE_STREAM_SPLIT"),  # first bytes beside first bytes: a seventh smaller
        "write_statistics": [name for name in SKIPPED_BY if name in kinds],
    }  # fmt: skip


def arrow(table: pd.DataFrame, notes: Mapping[str, str], required: Container[str] = ()) -> pa.Table:
    """A table for Arrow, with texts to keep beside it; no value of the `required` columns is null."""
    content = _columns(table, required)
    return content.replace_schema_metadata({**(content.schema.metadata or {}), **notes})


def _columns(table: pd.DataFrame, required: Container[str]) -> pa.Table:
    """A table for Arrow. If it has only keys, texts, dates and plain numbers, not every value is looked at, as pandas would."""
    columns, fields = [], []
    for name, values in table.items():
        kind, may_lack = values.dtype, name not in required
        if isinstance(kind, pd.CategoricalDtype):
            codes = values.array.codes
            places = pa.array(codes, mask=codes < 0 if may_lack and (codes < 0).any() else None)
            column = pa.DictionaryArray.from_arrays(places, pa.array(kind.categories), ordered=kind.ordered, safe=False)
        elif kind == "str":
            column = pa.array(values)
        elif isinstance(kind, np.dtype) and kind.kind in "biufM":
            plain = values.to_numpy()
            undefined = may_lack and kind.kind == "f" and bool(np.isnan(plain).any())
            column = pa.array(plain, from_pandas=undefined)  # as null
        else:
            return pa.Table.from_pandas(table, preserve_index=False)
        columns.append(column)
        fields.append(pa.field(name, column.type, nullable=may_lack and not pa.types.is_integer(column.type)))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))
