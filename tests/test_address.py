"""What needs a public address: there when the book has one, right then, and absent until then."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from playwright.sync_api import sync_playwright

from tests.browser import launch
from tests.house import ADDRESS, ROOT, House

HOME = "https://ann-b.github.io/soft.act/"
PAGES = ["chapters/claims.html", "chapters/one.html", "chapters/two.html", "index.html"]


class Head(HTMLParser):
    """What a page says of itself, and where it links to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.canonical: list[str] = []
        self.links: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = dict(attributes)
        if tag == "meta":
            self.meta[given.get("property") or given.get("name")] = given.get("content")
        if tag == "link" and given.get("rel") == "canonical":
            self.canonical.append(given["href"])
        if tag == "a":
            self.links.append(given.get("href", ""))

    def link_to(self, host: str) -> str:
        [link] = [link for link in self.links if urlsplit(link).netloc == host]
        return link


@pytest.fixture
def public(house: House) -> Path:
    built = house.after("public")
    assert built.code == 0, built.said
    return built.folder


@pytest.fixture
def site(public: Path) -> Path:
    return public / "_build" / "html"


@pytest.fixture
def unpublished(house: House) -> Path:
    built = house.after("right")
    assert built.code == 0, built.said
    return built.site


@pytest.mark.parametrize("page", PAGES)
def test_without_an_address_nothing_claims_one(unpublished: Path, page: str) -> None:
    head = Head(unpublished / page)
    assert head.canonical == []
    assert not {"og:url", "og:image"} & head.meta.keys()
    assert head.meta["twitter:card"] == "summary"
    assert [link for link in head.links if link.startswith("http")] == []
    assert not (unpublished / "sitemap.xml").exists()
    assert not (unpublished / "_static" / "social_card.png").exists()


def test_the_sitemap_lists_every_page_and_nothing_else(site: Path) -> None:
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    listed = [entry.text for entry in ElementTree.parse(site / "sitemap.xml").iter(name)]
    assert listed == [HOME + page for page in PAGES]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_knows_its_address(site: Path, page: str) -> None:
    head = Head(site / page)
    assert head.canonical == [HOME + page]
    assert head.meta["og:url"] == HOME + page


@pytest.mark.parametrize("page", PAGES)
def test_a_mistake_can_be_reported(site: Path, page: str) -> None:
    link = urlsplit(Head(site / page).link_to("github.com"))
    assert link.path == "/Ann-B/soft.act/issues/new"
    assert page.removesuffix(".html") in parse_qs(link.query)["title"][0]


@pytest.mark.parametrize("page", PAGES)
def test_the_social_card_is_a_picture_of_the_size_it_says(site: Path, page: str) -> None:
    meta = Head(site / page).meta
    assert meta["twitter:card"] == "summary_large_image"
    assert meta["og:image"].startswith(HOME)
    picture = (site / meta["og:image"].removeprefix(HOME)).read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")


def test_the_error_page_works_at_any_depth_below_the_sites_own(site: Path) -> None:
    assert Head(site / "404.html").canonical == []
    asked = []

    def host(route) -> None:
        asked.append(route.request.url)
        file = site / urlsplit(route.request.url).path.removeprefix("/soft.act/")
        if route.request.url.startswith(HOME) and file.is_file():
            route.fulfill(path=file)
        else:
            route.fulfill(path=site / "404.html", status=404)

    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.route("**/*", host)
        page.goto(f"{HOME}no/such/page.html")
        assert page.title().startswith("Page not found")
        assert [url for url in asked[1:] if not url.startswith(HOME)] == []
        assert any(url.endswith(".css") or ".css?" in url for url in asked)
        lost = [url for url in asked[1:] if not (site / url[len(HOME) :].split("?")[0]).is_file()]
        assert lost == []
        assert page.locator("a[href^='#']").count() == 0  # it would lead to the first page
        page.get_by_role("link", name="the first page").click()
        page.wait_for_url(f"{HOME}index.html")
        browser.close()


@pytest.fixture
def published(public: Path, tmp_path: Path) -> Path:
    """Publish as the workflow does, to a bare repository, and return that."""
    origin, checkout = tmp_path / "origin.git", tmp_path / "checkout"
    shutil.copytree(public / "chapters", checkout / "chapters")
    shutil.copy(ROOT / ".gitignore", checkout)
    shutil.copytree(ROOT / ".binder", checkout / ".binder")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for command in (
        ["init", "--quiet", "--bare", origin],
        ["-C", checkout, "init", "--quiet", "--initial-branch=main"],
        ["-C", checkout, "add", "."],
        ["-C", checkout, "commit", "--quiet", "--message=main"],
        ["-C", checkout, "remote", "add", "origin", origin],
    ):
        subprocess.run([*git, *command], check=True)
    build, publish = (workflow()["jobs"][job]["steps"] for job in ("book", "publish"))
    [uploaded] = [s["with"]["path"] for s in build if s.get("with", {}).get("name") == "notebooks"]
    top = public / uploaded.partition("*")[0]
    [script] = [step["run"] for step in publish if step.get("id") == "notebooks"]
    environment = {**os.environ, **ADDRESS}
    for attempt in ("first", "again"):  # the second time there is a branch to be replaced
        subprocess.run(["git", "checkout", "-qb", attempt, "main"], cwd=checkout, check=True)
        for notebook in public.glob(uploaded):
            shutil.copy(notebook, checkout / notebook.relative_to(top))
        subprocess.run(["bash", "-ec", script], cwd=checkout, env=environment, check=True)
    return origin


def workflow() -> dict:
    return yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8"))


def show(repository: Path, branch: str, path: str) -> str:
    command = ["git", "-C", repository, "show", f"{branch}:{path}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_colab_opens_a_notebook_that_publishing_pushes(site: Path, published: Path) -> None:
    link = urlsplit(Head(site / "chapters/one.html").link_to("colab.research.google.com"))
    owner, name, blob, branch, path = re.fullmatch(
        r"/github/([^/]+)/([^/]+)/([^/]+)/([^/]+)/(.+)", link.path
    ).groups()
    assert (f"{owner}/{name}", blob) == (ADDRESS["GITHUB_REPOSITORY"], "blob")
    offered = site / "_sources" / "chapters" / "one.ipynb"
    assert show(published, branch, path) == offered.read_text("utf-8")


def test_binder_opens_the_same_in_what_it_can_build(site: Path, published: Path) -> None:
    link = urlsplit(Head(site / "chapters/one.html").link_to("mybinder.org"))
    host, owner, name, branch = re.fullmatch(
        r"/v2/([^/]+)/([^/]+)/([^/]+)/([^/]+)", link.path
    ).groups()
    assert (host, f"{owner}/{name}") == ("gh", ADDRESS["GITHUB_REPOSITORY"])
    [path] = parse_qs(link.query)["labpath"]
    offered = site / "_sources" / "chapters" / "one.ipynb"
    assert show(published, branch, path) == offered.read_text("utf-8")
    assert show(published, branch, ".binder/runtime.txt").startswith("python-3.")
    tree = ["git", "-C", published, "ls-tree", branch, ".binder/postBuild"]
    assert subprocess.run(tree, check=True, capture_output=True).stdout.startswith(b"100755")


def test_a_page_without_code_has_no_launch(site: Path) -> None:
    links = Head(site / "index.html").links
    assert [link for link in links if "colab" in link or "mybinder" in link] == []


def test_a_repository_elsewhere_is_refused(house: House) -> None:
    built = house.after("elsewhere")
    assert built.code != 0
    expected = "must be https://github.com/OWNER/NAME, not https://code.example/ann/softact"
    assert expected in built.said
