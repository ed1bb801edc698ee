"""How a table of results passes between pandas, Arrow and Parquet."""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

DATES = ("date", "start", "end")
SKIPPED_BY = ("run", "seed", "draw", *DATES)  # what a reader would skip rows by: of these the file says the least and the most


def settings(schema: pa.Schema) -> dict[str, Any]:
    """How the columns are written: keys as dictionaries, amounts, which hardly ever repeat, byte beside byte.

    Dates and counts stand as they are: compressed they are as small as a dictionary, which would take twice as long to find. A
    column is one page, so that numbers, dates and keys leave the same bytes whatever chunks they came in.
    """
    kinds = {field.name: field.type for field in schema}
    amounts = [name for name, kind in kinds.items() if pa.types.is_floating(kind)]
    texts = [name for name, kind in kinds.items() if not pa.types.is_primitive(kind)]
    return {
        "compression": "zstd", "compression_level": -5,
        "row_group_size": 1 << 20, "max_rows_per_page": 1 << 20, "write_batch_size": 1 << 20, "data_page_size": 1 << 30,
        "use_dictionary": texts,
        "column_encoding": dict.fromkeys(amounts, "BYTE_STREAM_SPLIT"),  # first bytes beside first bytes: a seventh smaller
        "write_statistics": [name for name in SKIPPED_BY if name in kinds],
    }  # fmt: skip


def as_frame(table: pa.Table | pd.DataFrame) -> pd.DataFrame:
    """A table for pandas, to be written to. One of Arrow gives its memory up column by column: it is not to be used any more."""
    if isinstance(table, pd.DataFrame):
        return table
    table = table.unify_dictionaries()  # under the same name, so that no other holds the columns
    keys = {name: _category(table[name]) for name in table.schema.names if pa.types.is_dictionary(table.schema.field(name).type)}
    order, table = table.schema.names, table.drop_columns(list(keys))
    found = table.to_pandas(self_destruct=True)
    for place, name in enumerate(order):
        if name in keys:
            found.insert(place, name, keys[name])
    return found


def _category(column: pa.ChunkedArray) -> pd.Categorical:
    """A column of keys, whose chunks all have the same names: as pandas would make it, but that the names are not looked at."""
    kind = _kind(tuple(column.chunk(0).dictionary.to_pylist()) if column.num_chunks else (), column.type.ordered)
    size, end = len(kind.categories), 0
    codes = np.empty(len(column), "i1" if size < 128 else "i2" if size < 2**15 else "i4")
    for chunk in column.chunks:
        begin, end = end, end + len(chunk)
        codes[begin:end] = chunk.indices.fill_null(-1)
    return pd.Categorical.from_codes(codes, dtype=kind, validate=False)


@lru_cache(maxsize=64)
def _kind(names: tuple, ordered: bool) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(names, dtype=None if names else "str"), ordered)


def as_arrow(table: pa.Table | pd.DataFrame) -> pa.Table:
    """A table for Arrow. If it has only keys, texts, dates and plain numbers, not every value is looked at, as pandas would."""
    if isinstance(table, pa.Table):
        return table
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
            undefined = kind.kind == "f" and bool(np.isnan(plain).any())
            column = pa.array(plain, from_pandas=undefined)  # as null
        else:
            return pa.Table.from_pandas(table, preserve_index=False)
        columns.append(column)
        fields.append(pa.field(name, column.type, nullable=not pa.types.is_integer(column.type)))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))
