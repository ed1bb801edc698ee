"""What Numba is told about the arrays of a rule: those it is lent are not counted and do not overlap, small ones of its own lie
on its stack (docs/decisions/0031, 0032). All of it rests on inner classes of Numba, which a new version may change: see
tests/test_compiled.py.
"""

from functools import partial

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core import ir as numba_ir
from numba.core.analysis import compute_cfg_from_blocks
from numba.core.cgutils import normalize_ir_text
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.runtime.context import NRTContext
from numba.core.typed_passes import NativeLowering
from numba.np.arrayobj import get_itemsize, make_array, populate_array

PARTS = ("getattr", "getitem", "static_getitem", "typed_getitem")  # what Numba calls columns, rows, slices, items of tuples

NEAR = 16384  # bytes of an array that may lie on the stack, of 8 MB as a rule


class _Sparing(NRTContext):
    """Counts references in the code of one rule only while `counts` says so; in its way in from Python, and in what else is
    compiled for it, always."""

    counts = True

    def __init__(self, context, rule: str):
        super().__init__(context, enabled=True)
        self._rule = normalize_ir_text(rule)

    def _call_incref_decref(self, builder, typ, value, funcname):
        if self.counts or builder.module.name != self._rule:
            super()._call_incref_decref(builder, typ, value, funcname)


class _SparingLower(Lower):
    """Lowers a rule without counting references to what it is lent: what it is given, which stays while it runs, and parts of
    that. An array that it makes is counted, and so is whatever it hands back; but for a small one of its own, which lies on
    its stack and is gone when it ends (docs/decisions/0032)."""

    def pre_lower(self):
        super().pre_lower()
        self._lent = _lent(self.func_ir)
        self._own = _own(self.func_ir, self.fndesc.typemap)

    def lower_expr(self, resty, expr):
        if id(expr) in self._own and expr.args:
            makes = getattr(self.typeof(expr.func.name), "typing_key", None)
            if makes in (np.empty, np.zeros) and resty.ndim > 0:
                return self._made_near(resty, expr, makes is np.zeros)
        return super().lower_expr(resty, expr)

    def _made_near(self, kind: types.Array, expr: numba_ir.Expr, zeroed: bool):
        """An array on the stack of the rule if it is small, else where Numba has them; uncounted there, counted here."""
        context, builder, given = self.context, self.builder, self.typeof(expr.args[0].name)
        sizes, kinds = [self.loadvar(expr.args[0].name)], [given]
        if isinstance(given, types.BaseTuple):
            sizes, kinds = cgutils.unpack_tuple(builder, sizes[0]), given.types
        sizes = [context.cast(builder, size, a_kind, types.intp) for size, a_kind in zip(sizes, kinds, strict=True)]
        width = context.get_constant(types.intp, get_itemsize(context, kind))
        strides, small = [width], ir.Constant(ir.IntType(1), 1)
        for size in sizes[:0:-1]:
            strides.insert(0, builder.mul(strides[0], size))
        room, new = builder.mul(strides[0], sizes[0]), partial(make_array(kind), context, builder)
        for number in (*sizes, room):  # each, for a product of large or negative ones may be anything
            small = builder.and_(small, builder.icmp_unsigned("<=", number, number.type(NEAR)))
        with builder.if_else(small) as (near, far):
            with near:
                stack = builder.alloca(ir.IntType(8), room)
                stack.align = 64  # a vector
                if zeroed:
                    cgutils.memset(builder, stack, room, 0)
                in_near = builder.block
            with far:
                usual = new(value=super().lower_expr(kind, expr))
                heap, count, in_far = builder.bitcast(usual.data, stack.type), usual.meminfo, builder.block
        data, counted = builder.phi(stack.type), builder.phi(count.type)
        data.add_incoming(stack, in_near)
        data.add_incoming(heap, in_far)
        counted.add_incoming(counted.type(None), in_near)
        counted.add_incoming(count, in_far)
        array = new()
        populate_array(array, builder.bitcast(data, array.data.type), sizes, strides, width, counted)
        return array._getvalue()

    def lower_inst(self, inst):
        changes = inst.target.name if isinstance(inst, numba_ir.Assign) else getattr(inst, "value", None)  # Del: what it drops
        self.context.nrt.counts = not (isinstance(changes, str) and changes in self._lent)
        super().lower_inst(inst)
        self.context.nrt.counts = True


def _lent(code: numba_ir.FunctionIR) -> set[str]:
    """Names of variables that never hold anything but arguments and parts of these."""
    made_from: dict[str, list[str | None]] = {}  # what it is a copy or a part of; "": an argument, None: neither
    for block in code.blocks.values():
        for assignment in block.find_insts(numba_ir.Assign):
            value = assignment.value
            if isinstance(value, numba_ir.Expr) and value.op in PARTS:
                value = value.value
            source = "" if isinstance(value, numba_ir.Arg) else value.name if isinstance(value, numba_ir.Var) else None
            made_from.setdefault(assignment.target.name, []).append(source)
    lent = {name for name, sources in made_from.items() if None not in sources}
    while lost := {name for name in lent if not all(source == "" or source in lent for source in made_from[name])}:
        lent -= lost
    return lent


def _own(code: numba_ir.FunctionIR, kinds: dict[str, types.Type]) -> set[int]:
    """Calls, by identity, whose result a rule gets once, outside its loops, and hands back no part of."""
    if any(_keeps(kind) for kind in kinds.values()):
        return set()
    made_from: dict[str, set[str]] = {}  # by name of what is no number: all that went into it
    handed_back, again = set(), {block for loop in compute_cfg_from_blocks(code.blocks).loops().values() for block in loop.body}
    for block in code.blocks.values():
        for assignment in block.find_insts(numba_ir.Assign):
            if not _numbers(kinds[assignment.target.name]):
                made_from.setdefault(assignment.target.name, set()).update(each.name for each in assignment.list_vars())
        handed_back |= {each.value.name for each in block.find_insts(numba_ir.Return)}
    while more := set().union(*(made_from.get(name, set()) for name in handed_back)) - handed_back:
        handed_back |= more
    return {
        id(assignment.value) for label, block in code.blocks.items() if label not in again
        for assignment in block.find_insts(numba_ir.Assign)
        if assignment.target.name not in handed_back and getattr(assignment.value, "op", None) == "call"
    }  # fmt: skip


@register_pass(mutates_CFG=True, analysis_only=False)
class SparingLowering(NativeLowering):
    """Numba's last pass, with few references counted: each costs the processor a locked instruction, hundreds of them a week.

    A rule for rules that hands back numbers, and no part of what it is given, is told besides that no two tables overlap: else
    the compiler must suppose that any number it writes is one that it reads next (docs/decisions/0031).
    """

    _name = "sparing_lowering"

    @property
    def lowering_class(self):
        return _SparingLower

    def run_pass(self, state):
        state.targetctx.nrt = _Sparing(state.targetctx, state.func_id.unique_name)  # a context of this rule's own
        state.flags.noalias = getattr(state.library, "for_rules", False) and _numbers(state.return_type)
        return super().run_pass(state)


def _keeps(kind: types.Type) -> bool:
    """Whether a rule could put an array into something of this type, with which it is handed back."""
    if isinstance(kind, types.BaseTuple):
        return any(_keeps(part) for part in kind)
    return isinstance(kind, types.List | types.ListType | types.Set | types.DictType | types.ClassInstanceType | types.StructRef)


def _numbers(kind: types.Type) -> bool:
    """Whether this is a number, nothing, or a tuple of such."""
    if isinstance(kind, types.BaseTuple):
        return all(_numbers(part) for part in kind)
    return isinstance(kind, types.Number | types.Boolean | types.NoneType)
