"""`import softact` loads NumPy and nothing else, and offers exactly the names it lists."""

import inspect
import pydoc
import subprocess
import sys

import softact

HEAVY = {"matplotlib", "mpmath", "scipy", "sympy", "torch", "evidence"}


def test_import_loads_numpy_only():
    code = "import sys, softact; print('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "numpy" in loaded
    assert not HEAVY & loaded


def test_the_public_names_are_sorted_and_documented():
    assert softact.__all__ == sorted(softact.__all__)
    for name in softact.__all__:
        function = getattr(softact, name)
        assert function.__name__ == name
        for part in (">>> ", "See Also\n", "\n\n"):
            assert part in function.__doc__, (name, part)


def test_every_function_with_an_example_is_listed():
    modules = [module for module in vars(softact).values() if inspect.ismodule(module)]
    functions = {f for module in modules for _, f in inspect.getmembers(module, inspect.isfunction)}
    assert sorted(f.__name__ for f in functions if ">>> " in (f.__doc__ or "")) == softact.__all__


def test_help_shows_how_to_call():
    assert str(inspect.signature(softact.sigmoid)).startswith("(x: ")
    assert list(inspect.signature(softact.softmax).parameters) == ["z", "axis", "out", "where"]


def test_help_shows_the_types_of_the_function_itself():
    shown = pydoc.plain(pydoc.render_doc(softact.softmax))
    assert (
        "softmax(z: 'ArrayLike', axis: 'Axis' = -1, *, out: 'NDArray[Any] | None' = None, "
        "where: 'ArrayLike | None' = None) -> 'Any'"
    ) in shown
    shown = pydoc.plain(pydoc.render_doc(softact.cross_entropy_grad))
    assert "weight: 'ArrayLike | None' = None" in shown
    assert "-> 'NDArray[Any]'" in shown
    for name in softact.__all__:
        function = getattr(softact, name)
        signature = inspect.signature(function)
        assert signature.return_annotation not in (inspect.Signature.empty, "None")
        given = {p.name: p.annotation for p in signature.parameters.values()}
        assert given | {"return": signature.return_annotation} == function.__annotations__
