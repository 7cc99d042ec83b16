"""What the folds of a page promise is what they hold."""

import pytest

from _ext.pages import label

CHECK = "the check, which may give the answer away"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("@mend.solution\ndef f(x):\n    return agree(x)", "the solution"),
        ("claim = holds('a.b', 'c', test=f, version=4)", CHECK),
        ("claim = agree('a.b', 'c')", CHECK),
        ("ex = Exercise('e', claim=claim)", "how answers are graded"),
        ("fig, ax = curves(x, y)\nshow(fig, alt='a')", "the code of the figure"),
        ("import numpy as np", "the code"),
    ],
)
def test_a_fold_is_named_after_its_code(code, name):
    assert label(code) == name
