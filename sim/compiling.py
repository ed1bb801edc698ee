"""How Numba compiles for `sim.compiled`: what the code of a rule becomes, and what need not be done twice.

A rule that is called by rules is optimised and kept for linking into theirs. One that a sequence calls becomes machine code right
away, to which the sequence jumps. What a rule is lent is not counted, and does not overlap; its own small arrays lie on its
stack. All of this rests on inner classes of Numba, which a new version may change (tests/test_compiled.py).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial

import numpy as np
from llvmlite import binding as llvm
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.core import ir as numba_ir
from numba.core.analysis import compute_cfg_from_blocks
from numba.core.cgutils import normalize_ir_text
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.registry import cpu_target
from numba.core.runtime.context import NRTContext
from numba.core.targetconfig import ConfigStack
from numba.core.typed_passes import NativeLowering
from numba.core.types.functions import BaseFunction
from numba.np.arrayobj import get_itemsize, make_array, populate_array

PARTS = ("getattr", "getitem", "static_getitem", "typed_getitem")  # what Numba calls columns, rows, slices, items of tuples

NEAR = 16384  # bytes of an array that may lie on the stack, of 8 MB as a rule

_PLACED: set[str] = set()  # symbols of machine code that other machine code can jump to
_PARTS: dict[str, dict[str, bytes]] = {}  # by symbol: the machine code of a rule, and of all that this jumps to


def _put_in_place(symbol: str, parts: dict[str, bytes]) -> None:
    """Machine code that other machine code jumps to. Numba's cache calls this before it loads what does."""
    engine = cpu_target.target_context.codegen()._engine._ee
    for name in parts.keys() - _PLACED:
        engine.add_object_file(llvm.ObjectFileRef.from_data(parts[name]))
    _PLACED.update(parts)
    _PARTS[symbol] = parts


class Piece(JITCodeLibrary):
    """Code of a rule for other rules, which is linked into theirs and optimised once more.

    For a sequence it becomes machine code, too, right after it is compiled: if all of it did when `weeks` is linked, as the
    last of all, one processor would do it alone.
    """

    for_sequence = False

    def __init__(self, codegen, name: str):
        super().__init__(codegen, name)
        self.parts = {}  # machine code that this jumps to

    def _optimize_final_module(self):
        self._codegen._pass_builder = _rolled
        try:
            super()._optimize_final_module()
        finally:
            del self._codegen._pass_builder

    def _finalize_final_module(self):
        self._finalize_dynamic_globals()
        self._finalized = True
        optimised, whole = self._final_module, self._get_module_for_linking()  # a copy, and remembered as such
        if self.for_sequence:
            (symbol,) = (each.name for each in _functions(optimised) if each.linkage == llvm.Linkage.external)
            self.parts[symbol] = self._codegen._tm.emit_object(optimised)
            _put_in_place(symbol, self.parts)
            self._reload_init.add(partial(_put_in_place, symbol, self.parts))
        self._final_module = _environments(whole)
        super()._finalize_final_module()


def _rolled(opt=config.OPT, loop_vectorize=config.LOOP_VECTORIZE, slp_vectorize=config.SLP_VECTORIZE):
    """What LLVM is told to do, as Numba would say it, but that loops are not written out several times: it takes a tenth of the
    time to compile, and the more machine code a week runs through, the more of it comes from far away."""
    options = llvm.create_pipeline_tuning_options(opt)
    options.loop_vectorization, options.slp_vectorization, options.loop_unrolling = loop_vectorize, slp_vectorize, False
    return llvm.create_pass_builder(cpu_target.target_context.codegen()._tm, options)


class SequencePiece(Piece):
    """Code of a sequence: it jumps to rules, and to optimise jumps is not worth the time."""

    def add_linking_library(self, library):
        library._ensure_finalized()
        code = library._get_module_for_linking()
        symbols = [each.name for each in _functions(code) if each.name in _PARTS]
        for symbol in symbols:
            self.parts |= _PARTS[symbol]
            self._reload_init.add(partial(_put_in_place, symbol, _PARTS[symbol]))
        if symbols:
            self._final_module.link_in(_environments(code))
            self._dynamic_globals += library._dynamic_globals  # addresses of this process: none of it is to be cached
        else:
            super().add_linking_library(library)

    def _optimize_final_module(self):
        passes = llvm.create_new_module_pass_manager()
        passes.add_global_dead_code_eliminate_pass()
        passes.run(self._final_module, self._codegen._pass_builder())


class SequenceCode(SequencePiece):
    """Code of a sequence for Python."""

    _finalize_final_module = JITCodeLibrary._finalize_final_module


def _functions(module: llvm.ModuleRef) -> Iterator[llvm.ValueRef]:
    return (each for each in module.functions if not each.is_declaration)


def _environments(module: llvm.ModuleRef) -> llvm.ModuleRef:
    """Numba's environments, which are looked up by address, and nothing else of a module."""
    names = [str(each) for each in module.global_variables if each.name.startswith("_ZN08NumbaEnv")]
    return llvm.parse_assembly("\n".join(names))


_COMPILING: list[type[JITCodeLibrary]] = []  # what is being compiled, each for the one before; guarded by Numba's lock


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
class _SparingLowering(NativeLowering):
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
        state.flags.noalias = isinstance(state.library, Piece) and _numbers(state.return_type)
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


def into(kind: type[JITCodeLibrary]) -> type[Compiler]:
    """Numba's compiler, but for what its code becomes."""

    class Into(Compiler):
        def compile_extra(self, function):
            self.state.library = kind(self.state.targetctx.codegen(), function.__qualname__)
            self.state.library.enable_object_caching()
            self.state.library.for_sequence = not _COMPILING or issubclass(_COMPILING[-1], SequencePiece)
            _COMPILING.append(kind)
            try:
                return super().compile_extra(function)
            finally:
                _COMPILING.pop()

        def define_pipelines(self):
            (passes,) = super().define_pipelines()
            passes.passes = [(_SparingLowering if kind is NativeLowering else kind, what) for kind, what in passes.passes]
            passes.finalize()
            return [passes]

    return Into


_choose = BaseFunction.get_call_type


@cache
def _chosen(function, context, given: tuple, error_model: str, forceinline: bool):
    """What Numba takes for a name (`+`, `len`, an index) by the types it is given, and what it compiles that for."""
    return _choose(function, context, given, {})


def _recall(self, context, given, named):
    flags = ConfigStack.top_or_none()
    if named or not flags:
        return _choose(self, context, given, named)
    return _chosen(self, context, given, flags.error_model, flags.forceinline)


@contextmanager
def in_haste() -> Iterator[None]:
    """No search for garbage, an eighth of the time of compiling; and no choice among what a name can stand for made twice,
    a seventh: Numba tries dozens each time that a rule adds two numbers, and spells out the types of those that do not fit."""
    outermost, collecting = BaseFunction.get_call_type is not _recall, gc.isenabled()
    gc.disable()
    BaseFunction.get_call_type = _recall
    try:
        yield
    finally:
        if outermost:
            BaseFunction.get_call_type = _choose
        if collecting:
            gc.enable()


def at_ease(work, *given):
    """Do some work whose calls go deep."""
    return work(*given)


# CPython keeps the frames of calls in pieces of 16 kB, and gives a piece back as soon as it is empty. A compiler whose calls go
# in and out where a piece ends asks the system for one each time: 300,000 of them, a fifth of its time. A frame that says it
# needs half a megabyte gets a piece twice as large, and the frames of what it calls find room in the other half.
at_ease.__code__ = at_ease.__code__.replace(co_stacksize=(1 << 16) + 64)
