"""CITATION.cff has what the Citation File Format 1.2.0 asks for, and says what is true."""

import datetime
import tomllib

import yaml

from tests.browser import ROOT, SITE, need

REQUIRED = {"cff-version", "message", "title", "authors"}
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "softact" / "pyproject.toml").read_text("utf-8"))["project"]


def test_it_has_the_required_keys_of_the_required_types():
    assert CITATION.keys() >= REQUIRED
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] in ("software", "dataset")
    texts = {"message", "title", "abstract", "version", "license"} & CITATION.keys()
    assert all(isinstance(CITATION[key], str) for key in texts)
    assert isinstance(CITATION.get("date-released"), datetime.date | None)
    assert CITATION["authors"]
    assert all(a.get("name") or a.get("family-names") for a in CITATION["authors"])


def test_it_says_the_same_as_the_package():
    assert CITATION["version"] == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["keywords"] == PROJECT["keywords"]
    assert [a["name"] for a in CITATION["authors"]] == [a["name"] for a in PROJECT["authors"]]
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    assert CITATION["title"].startswith(settings["title"])


def test_the_readme_and_the_front_page_lead_to_it():
    assert "(CITATION.cff)" in (ROOT / "README.md").read_text("utf-8")
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    [offered] = SITE.glob("_downloads/*/CITATION.cff")
    assert offered.relative_to(SITE).as_posix() in (SITE / "index.html").read_text("utf-8")
    assert offered.read_bytes() == (ROOT / "CITATION.cff").read_bytes()
