"""How Numba compiles for `sim.compiled`: what the code of a rule becomes, and what need not be done twice.

A rule that is called by rules is optimised and kept for linking into theirs. One that a sequence calls becomes machine code right
away, to which the sequence jumps. What is said about the arrays of a rule: `sim.lowering`. All of this rests on inner classes of
Numba, which a new version may change (tests/test_compiled.py).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial

from llvmlite import binding as llvm
from numba.core import config
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import cpu_target
from numba.core.targetconfig import ConfigStack
from numba.core.typed_passes import NativeLowering
from numba.core.types.functions import BaseFunction

from sim.lowering import SparingLowering

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

    for_rules, for_sequence = True, False

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
            passes.passes = [(SparingLowering if kind is NativeLowering else kind, what) for kind, what in passes.passes]
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
