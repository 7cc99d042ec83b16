"""What of a chapter an exercise needs."""

from evidence.run.chapter import code_cells
from evidence.run.needed import derived, exercises, needed, statements, symbols

CHAPTER = """
```{code-cell}
import math
import torch
from evidence import Exercise, holds, said

SIZE = 2
unused = torch.zeros(SIZE)
```

```{code-cell}
:tags: [derive]

def doubled(v):
    return SIZE * v
```

```{code-cell}
values = [1]
values.append(doubled(1))
said(first=values[0])
with attempt():
    values.append(None)
```

```{code-cell}
claim = holds("a.b", "twice", test=lambda f: f(values[1]) == 4, version=doubled)
claim.refuse("once", lambda v: v)
ex = Exercise("a-twice", claim=claim, hint="h", wrong={"once": lambda v: v})
```

```{code-cell}
def twice(v):
    return ...


ex.grade(twice)
```

```{code-cell}
@ex.solution
def twice(v):
    return v + v
```

```{code-cell}
other = holds("a.c", "as before", test=lambda f: f(1) == 2, version=twice)
second = Exercise("a-other", claim=other, hint="h", wrong={"none": abs})
```

```{code-cell}
second.grade(...)
```

```{code-cell}
second.solution(lambda v: 2 * v)
```
"""


def cells():
    return list(code_cells(CHAPTER))


def code(statements):
    return [statement.code.splitlines()[0] for statement in statements]


def test_an_exercise_needs_what_its_grading_depends_on_and_nothing_else():
    first, _ = exercises(cells())
    assert (first.id, first.name) == ("a-twice", "ex")
    assert code(first.needs) == [
        "from evidence import Exercise",
        "from evidence import holds",
        "SIZE = 2",
        "def doubled(v):",
        "values = [1]",
        "values.append(doubled(1))",
        'claim = holds("a.b", "twice", test=lambda f: f(values[1]) == 4, version=doubled)',
        'ex = Exercise("a-twice", claim=claim, hint="h", wrong={"once": lambda v: v})',
    ]


def test_the_hole_and_the_solution_stand_as_in_the_chapter():
    first, second = exercises(cells())
    assert first.hole == "def twice(v):\n    return ...\n\n\nex.grade(twice)"
    assert first.solution == "@ex.solution\ndef twice(v):\n    return v + v"
    assert (second.hole, second.solution) == (
        "second.grade(...)",
        "second.solution(lambda v: 2 * v)",
    )


def test_a_solution_that_is_used_later_is_there_without_its_exercise():
    _, second = exercises(cells())
    assert "def twice(v):" in code(second.needs)
    assert not any("ex = " in each for each in code(second.needs))
    assert not any("return ..." in each.code for each in second.needs)


def test_a_statement_keeps_its_line():
    lines = CHAPTER.splitlines()
    for exercise in exercises(cells()):
        for each in exercise.needs:
            if not each.code.startswith("from "):
                assert lines[each.line - 1] == each.code.splitlines()[0]


def test_run_alone_they_grade_as_the_chapter_does():
    for exercise in exercises(cells()):
        names = {}
        for each in exercise.needs:
            exec(each.code, names)
        assert names[exercise.name].examine(lambda v: 2 * v).outcome == "accepted"
        assert names[exercise.name].examine(...).outcome == "hole"


def test_what_a_chapter_derives():
    assert code(derived(cells())) == ["SIZE = 2", "def doubled(v):"]


def test_names_that_a_function_uses_and_those_that_are_its_own():
    binds, uses = symbols("def f(v, w=d):\n    own = v + g\n    return [own for own in h(w)]\n")
    assert binds == {"f"}
    assert uses >= {"d", "g", "h"}
    assert not uses & {"v", "w", "own"}


def test_a_name_that_is_set_twice_needs_both():
    [cell] = code_cells("```{code-cell}\nn = 1\nm = 2\nn += m\nk = n\n```\n")
    assert code(needed(statements(cell), ["k"])) == ["n = 1", "m = 2", "n += m", "k = n"]
