"""A chapter that is run without Jupyter shows what it shows in the book."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.run import rerun

CHAPTER = """\
# A chapter

```{code-cell}
from evidence import holds
from pathlib import Path

folder = Path.cwd().name
```

```{code-cell}
:tags: [raises-exception]
1 / 0
```

```{code-cell}
one = holds("one", "1 is 1", test=lambda version: version == 1, version=1, settles=["S0.1"])
one.refuse("2", 2)
```

```{code-cell}
holds("folder", "chapters", test=lambda version: version == "chapters", version=folder)
```
"""


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "chapters" / "one.md"
    page.parent.mkdir()
    page.write_text(CHAPTER, "utf-8")
    (page.parent / "prose.md").write_text("# No code\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return page


def test_a_right_chapter_runs(chapter: Path) -> None:
    run = rerun.rerun(chapter.stem)
    assert run.failures == []
    assert list(run.claims) == ["one", "folder"]
    assert [record["kind"] for record in run.records] == ["claim", "refusal", "claim"]


def test_pages_without_code_are_left_out(chapter: Path) -> None:
    assert rerun.chapters() == [chapter.stem]


def test_a_failure_is_named_and_does_not_hide_the_others(chapter: Path) -> None:
    text = chapter.read_text("utf-8").replace("version=1,", "version=3,")
    chapter.write_text(text.replace("version=folder", 'version="elsewhere"'), "utf-8")
    first, second = rerun.rerun(chapter.stem).failures
    assert first.startswith("line 16: Disagreement: one: ")
    assert second.startswith("line 21: Disagreement: folder: ")


def test_what_only_follows_from_a_failure_is_not_told(chapter: Path) -> None:
    text = chapter.read_text("utf-8").replace("version=1,", "version=3,")
    chapter.write_text(text + "\n```{code-cell}\none.refuse('2', 2)\n```\n", "utf-8")
    [failure] = rerun.rerun(chapter.stem).failures
    assert "Disagreement" in failure


def test_an_error_that_comes_first_is_told_whatever_it_is(chapter: Path) -> None:
    chapter.write_text("```{code-cell}\nnobody\n```\n", "utf-8")
    [failure] = rerun.rerun(chapter.stem).failures
    assert failure == "line 2: NameError: name 'nobody' is not defined"


def test_the_command_prints_json(chapter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rerun.main([]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == {"one": {"claims": {"one": {}, "folder": {}}, "failures": []}}
    chapter.write_text(CHAPTER.replace("version=1,", "version=3,"), "utf-8")
    assert rerun.main(["one"]) == 1


@pytest.mark.slow
def test_the_module_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "evidence.run.rerun", "claims"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "claims" in json.loads(done.stdout)
