"""The tables of a world (`sim.columns`) as compiled rules have them: two types, what they are made of, how a number is found.

A table is the memory that it is in, where that begins, and how many rows there are; a row of it is a number more. `sim.compiled`
imports this, so that whoever has a rule can hand tables to it. It rests on inner classes of Numba, which a new version may
change: see tests/test_columns.py.
"""

import operator
from functools import partial

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.extending import NativeValue, lower_builtin, models, register_model, typeof_impl, unbox
from numba.np.arrayobj import populate_array
from numba.np.numpy_support import from_dtype

from sim.columns import ColumnTable, Row, laid_out, place_of


def _array(record: np.dtype) -> types.Array:
    return types.Array(from_dtype(laid_out(record)), 1, "C")


class _OfRecord(types.Type):
    def __init__(self, record: np.dtype):
        self.record = record
        super().__init__(f"{type(self).__name__}({','.join(record.names)})")

    @property
    def key(self):
        return self.record


class _TableType(_OfRecord):
    pass


class _RowType(_OfRecord):
    pass


@register_model(_TableType)
class _TableModel(models.StructModel):
    def __init__(self, manager, kind):
        memory = types.MemInfoPointer(types.uint8)  # what a column that a rule hands back to Python is a part of
        super().__init__(manager, kind, [("memory", memory), ("data", types.CPointer(types.uint8)), ("rows", types.intp)])


@register_model(_RowType)
class _RowModel(models.StructModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, [("data", types.CPointer(types.uint8)), ("rows", types.intp), ("row", types.intp)])


@typeof_impl.register(ColumnTable)
def _type_of_table(table, _):
    if table.record is None or table.ndim != 1 or not table.flags.c_contiguous:
        raise TypeError("a part of a table is no table; allowed: the whole")
    return _TableType(table.record)


typeof_impl.register(Row)(lambda row, _: _RowType(row._table.record))


@unbox(_TableType)
def _unbox_table(kind, table, c):
    array = c.unbox(_array(kind.record), table)
    held = c.context.make_array(_array(kind.record))(c.context, c.builder, array.value)
    made = cgutils.create_struct_proxy(kind)(c.context, c.builder)
    made.memory, made.data = held.meminfo, c.builder.bitcast(held.data, made.data.type)
    made.rows = c.builder.extract_value(held.shape, 0)
    return NativeValue(made._getvalue(), is_error=array.is_error, cleanup=array.cleanup)


@unbox(_RowType)
def _unbox_row(kind, row, c):
    table, number = (c.pyapi.object_getattr_string(row, name) for name in Row.__slots__[::-1])
    lent = c.unbox(_TableType(kind.record), table)
    made = _row(c.context, c.builder, _TableType(kind.record), lent.value)
    made.row = c.unbox(types.intp, number).value
    c.pyapi.decref(table)  # the row holds it
    c.pyapi.decref(number)
    give_back = partial(c.context.nrt.decref, c.builder, _TableType(kind.record), lent.value)
    return NativeValue(made._getvalue(), is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()), cleanup=give_back)


@infer_global(len)
class _Length(AbstractTemplate):
    def generic(self, args, kws):
        return signature(types.intp, args[0]) if isinstance(args[0], _TableType) else None


@infer_global(operator.getitem)
class _GetRow(AbstractTemplate):
    def generic(self, args, kws):
        if isinstance(args[0], _TableType) and isinstance(args[1], types.Integer):
            return signature(_RowType(args[0].record), args[0], types.intp)
        return None


@infer_global(operator.setitem)
class _SetRow(AbstractTemplate):
    def generic(self, args, kws):
        if isinstance(args[0], _TableType) and args[2] == _RowType(args[0].record):
            return signature(types.none, args[0], types.intp, args[2])
        return None


@infer_getattr
class _ColumnOfTable(AttributeTemplate):
    key = _TableType

    def generic_resolve(self, kind, column):
        return types.Array(from_dtype(kind.record[column]), 1, "C") if column in kind.record.names else None


@infer_getattr
class _ColumnOfRow(AttributeTemplate):
    key = _RowType

    def generic_resolve(self, kind, column):
        return from_dtype(kind.record[column]) if column in kind.record.names else None


def _row(context, builder, kind, table):
    """A row of a table, without its number yet."""
    made = cgutils.create_struct_proxy(_RowType(kind.record))(context, builder)
    made.data, made.rows = (builder.extract_value(table, part) for part in (1, 2))
    return made


def _address(context, builder, kind, row, column):
    """Where a number stands, and its width in bytes."""
    data, rows, number = (builder.extract_value(row, part) for part in range(3))
    found, before = place_of(kind.record, column)
    first = builder.gep(data, [builder.mul(rows, ir.Constant(rows.type, before), flags=["nsw"])], inbounds=True)
    first = builder.bitcast(first, context.get_data_type(from_dtype(found)).as_pointer())
    return builder.gep(first, [number], inbounds=True), found.itemsize


@lower_builtin(len, _TableType)
def _length(context, builder, sig, args):
    return _row(context, builder, sig.args[0], args[0]).rows


@lower_builtin(operator.getitem, _TableType, types.Integer)
def _get_row(context, builder, sig, args):
    made = _row(context, builder, sig.args[0], args[0])
    if context.enable_boundscheck:
        cgutils.do_boundscheck(context, builder, args[1], made.rows)
    made.row = args[1]
    return made._getvalue()


@lower_getattr_generic(_TableType)
def _whole_column(context, builder, kind, table, column):
    row = _row(context, builder, kind, table)
    row.row = ir.Constant(row.rows.type, 0)
    place, width = _address(context, builder, _RowType(kind.record), row._getvalue(), column)
    found = types.Array(from_dtype(kind.record[column]), 1, "C")
    made, width = context.make_array(found)(context, builder), ir.Constant(row.rows.type, width)
    memory = builder.extract_value(table, 0)
    populate_array(made, data=place, shape=[row.rows], strides=[width], itemsize=width, meminfo=memory)
    return impl_ret_borrowed(context, builder, found, made._getvalue())


@lower_builtin(operator.setitem, _TableType, types.Integer, _RowType)
def _set_row(context, builder, sig, args):
    made = _get_row(context, builder, sig, args)
    for column in sig.args[2].record.names:
        value = _get_column(context, builder, sig.args[2], args[2], column)
        place, width = _address(context, builder, sig.args[2], made, column)
        builder.store(value, place, align=width)
    return context.get_dummy_value()


@lower_getattr_generic(_RowType)
def _get_column(context, builder, kind, row, column):
    place, width = _address(context, builder, kind, row, column)
    return builder.load(place, align=width)


@lower_setattr_generic(_RowType)
def _set_column(context, builder, sig, args, column):
    kind, given = sig.args
    place, width = _address(context, builder, kind, args[0], column)
    builder.store(context.cast(builder, args[1], given, from_dtype(kind.record[column])), place, align=width)
