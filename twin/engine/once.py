"""Functions of the engine are compiled to machine code once, inside the entry point that calls them.

Left to itself Numba optimises every function with all that it calls, and again inside each caller: the functions at
the bottom a dozen times over, and most of a minute goes into code that nobody ever calls. Nothing but the entry point
is called from Python, so the others stop at unoptimised LLVM code, which the entry point takes in and optimises whole.
"""

from typing import Any

from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import LoweringPass, register_pass
from numba.core.typed_passes import AnnotateTypes


def _nothing(*_: Any) -> int:
    return 0


class _Codegen:
    """The code generator of a plain library: there is no machine code in which an environment could be set."""

    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def set_env(self, name: str, environment: Any) -> None:
        """Nothing to do."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)


@register_pass(mutates_CFG=False, analysis_only=False)  # type: ignore[no-untyped-call]
class _PlainLibrary(LoweringPass):
    """Give the function a library that is neither optimised nor made into machine code."""

    _name = "twin_plain_library"

    def __init__(self) -> None:
        LoweringPass.__init__(self)  # type: ignore[no-untyped-call]

    def run_pass(self, state: Any) -> bool:
        """Make the library that the lowering pass then fills."""
        library = state.targetctx.codegen().create_library(state.func_id.func_qualname)
        library.enable_object_caching()
        apart, name = not state.flags.forceinline, state.func_id.func_name

        def close() -> None:
            if apart:  # called from several places: one copy, and callers stay small
                for function in library._final_module.functions:
                    if not function.is_declaration and name in function.name:
                        function.add_function_attribute("noinline")
            library._finalize_dynamic_globals()
            library._finalized = True

        library._codegen = _Codegen(library._codegen)
        library._optimize_final_module = _nothing
        library._finalize_final_module = close
        library.get_pointer_to_function = _nothing
        state.library = library
        return True


class Inside(CompilerBase):
    """Numba's pipeline for a function that other compiled functions alone call."""

    def define_pipelines(self) -> list[Any]:
        """The usual passes, with the plain library before the lowering."""
        passes: Any = DefaultPassBuilder.define_nopython_pipeline(self.state)  # type: ignore[no-untyped-call]
        passes.add_pass_after(_PlainLibrary, AnnotateTypes)
        passes.finalize()
        return [passes]
