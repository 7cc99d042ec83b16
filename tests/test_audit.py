"""The audit's own judgement: a page that misses a target is refused, with the reason."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from dev import Stop
from tools.audit import __main__ as command
from tools.audit import lighthouse, validator
from tools.audit.lighthouse import Measured
from tools.audit.targets import COLUMNS, Audited, heading, row

BEST = {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100}
LEAST_PERFORMANCE = {"mobile": 90, "desktop": 98}  # as the book promises it


def audited(invalid=(), **scores):
    """A page that just reaches every target, but for what is given as in `mobile_seo=99`."""
    measured = {
        device: Measured({**BEST, "performance": performance}, {name: ["Why"] for name in BEST})
        for device, performance in LEAST_PERFORMANCE.items()
    }
    for name, score in scores.items():
        device, category = name.split("_", 1)
        measured[device].scores[category.replace("_", "-")] = score
    return Audited("chapters/softmax", measured, invalid)


def test_a_page_that_just_reaches_every_target_misses_none() -> None:
    assert audited().misses() == []


@pytest.mark.parametrize(
    "score",
    [
        {"mobile_performance": 89},
        {"desktop_performance": 97},
        {"mobile_accessibility": 99},
        {"desktop_accessibility": 99},
        {"mobile_best_practices": 99},
        {"desktop_best_practices": 99},
        {"mobile_seo": 99},
        {"desktop_seo": 99},
    ],
)
def test_one_point_too_few_is_refused_with_the_reason(score) -> None:
    (miss,) = audited(**score).misses()
    assert f" {next(iter(score.values()))} on {next(iter(score)).split('_')[0]}" in miss
    assert miss.endswith("Why")


def test_a_page_that_is_only_validated_is_refused_for_its_html() -> None:
    assert Audited("404", {}, ["line 3: Stray end tag p."]).misses() == [
        "invalid HTML, line 3: Stray end tag p."
    ]


def test_of_two_devices_the_worse_stands_in_the_row() -> None:
    cells = audited(["an error"], mobile_seo=91).cells()
    assert [cells[column] for column in COLUMNS] == [90, 98, 100, 100, 91, 1]
    assert len(row(audited())) == len(heading())


def report(performance: float, index: float = 2000) -> dict:
    audit = {"score": performance, "title": "Speed", "displayValue": "9 s"}
    categories = {
        name: {"score": performance, "auditRefs": [{"id": "speed", "weight": 1}]} for name in BEST
    }
    environment = {"benchmarkIndex": index}
    return {"categories": categories, "audits": {"speed": audit}, "environment": environment}


def test_what_costs_points_is_read_from_the_report() -> None:
    measured = lighthouse.read(report(0.57))
    assert measured.scores["performance"] == 57
    assert measured.faults["performance"] == ["Speed 9 s"]


@pytest.mark.parametrize(
    ("runs", "counts"), [([0.9], 90), ([0.7, 0.95, 0.8], 80), ([0.89, 0.2, 0.99], 89)]
)
def test_a_miss_is_measured_again_and_the_median_counts(monkeypatch, runs, counts) -> None:
    reports = iter([report(performance) for performance in runs])
    monkeypatch.setattr(lighthouse, "run", lambda *_: next(reports))
    assert lighthouse.measure("address", "mobile", 90).scores["performance"] == counts
    assert list(reports) == []


def test_a_computer_that_is_slower_is_slowed_down_less(monkeypatch) -> None:
    asked = []

    def run(_address, _device, slowdown):
        asked.append(slowdown)
        return report(0.95, index=1000)

    monkeypatch.setattr(lighthouse, "run", run)
    lighthouse.measure("address", "mobile", 90)
    assert asked == [4, 2]
    lighthouse.measure("address", "desktop", 98)
    assert asked[2:] == [1, 1, 1]


def test_a_computer_whose_speed_changes_all_the_time_measures_nothing(monkeypatch) -> None:
    speeds = itertools.cycle([1000, 2000])
    monkeypatch.setattr(lighthouse, "run", lambda *_: report(0.95, index=next(speeds)))
    with pytest.raises(Stop, match="nothing else may run"):
        lighthouse.measure("address", "mobile", 90)


@pytest.fixture
def site(tmp_path: Path, monkeypatch) -> Path:
    (tmp_path / "good.html").write_text(PAGE.format("<p>Words.</p>"), "utf-8")
    (tmp_path / "bad.html").write_text(PAGE.format("<p>Words.</p></section>"), "utf-8")
    monkeypatch.setattr(command, "SITE", tmp_path)
    monkeypatch.setattr(command, "NOT_READ", ("good", "bad"))
    return tmp_path


PAGE = '<!doctype html><html lang="en"><head><title>T</title></head><body>{}</body></html>'


@pytest.mark.usefixtures("site")
@pytest.mark.slow
def test_a_page_with_a_stray_tag_is_refused(capsys) -> None:
    if not validator.PROGRAM.exists():
        pytest.skip("the checker is not installed (`python -m tools.audit` does it)")
    try:
        validator.java()
    except Stop as reason:
        pytest.skip(str(reason))
    assert command.main([]) == 1
    assert "bad: invalid HTML, line 1: Stray end tag “section”." in capsys.readouterr().out
    assert command.main(["good"]) == 0


@pytest.mark.usefixtures("site")
def test_a_page_that_is_not_there_is_named(capsys) -> None:
    assert command.main(["godo"]) == 1
    assert capsys.readouterr().err == "There is no page `godo`: name some of bad, good.\n"


def test_a_book_that_is_not_there_is_named(site: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(command, "SITE", site / "nowhere")
    assert command.main([]) == 1
    assert "run `python3 dev.py book` first" in capsys.readouterr().err


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("version", [None, 'openjdk version "1.8.0_392"'])
def test_a_computer_without_a_new_java_is_told_in_one_sentence(
    monkeypatch, capsys, version: str | None
) -> None:
    monkeypatch.setattr(validator.shutil, "which", lambda _name: version and "java")
    said = type("Done", (), {"stderr": version})
    monkeypatch.setattr(validator.subprocess, "run", lambda *_, **__: said)
    assert command.main([]) == 1
    assert capsys.readouterr().err.startswith("The HTML validator needs Java 11 or newer:")
