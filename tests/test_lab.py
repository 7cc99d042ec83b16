"""A chapter in a real JupyterLab with the settings of `dev.py lab`: opened, run and saved.

LAB_CHAPTERS names the chapters, `all` means every one.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from difflib import unified_diff

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import AXE, ROOT, launch
from tools.saved import as_saved

SECONDS = 60
SCREENSHOTS = ROOT / "_build" / "screenshots"
CHAPTERS = os.environ.get("LAB_CHAPTERS", "overflow").split()
if CHAPTERS == ["all"]:
    texts = {file.stem: file.read_text("utf-8") for file in (ROOT / "chapters").glob("*.md")}
    CHAPTERS = sorted(name for name, text in texts.items() if "\nkernelspec:" in text)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the chapters, so that saving leaves ours alone."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "chapters", folder / "book" / "chapters")
    shutil.copy(ROOT / "pyproject.toml", folder / "book")
    for chapter in CHAPTERS:
        copy = folder / "book" / "chapters" / f"{chapter}.md"
        copy.write_text(as_saved(copy), "utf-8")
    return folder


@pytest.fixture(scope="module")
def lab(folder):
    """The address of a JupyterLab that is started as `dev.py lab` starts it."""
    settings, arguments = started_by_dev(folder)
    places = {
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": folder / "user",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
        "PYTHONPATH": ROOT,
    }
    options = [
        "--allow-root",
        "--no-browser",
        "--port=0",
        "--expose-app-in-browser",
        f"--LabApp.app_settings_dir={settings}",
    ]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *map(str, arguments), *options],
            env=os.environ | {name: str(place) for name, place in places.items()},
            stdout=log,
            stderr=log,
        )
    try:
        yield address(folder / "runtime")
    finally:
        server.kill()  # asked politely, it waits for kernels that are busy
        server.wait()


def started_by_dev(folder):
    """Let dev.py write its settings into a folder and say how it would start JupyterLab there."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    dev = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dev)
    started = []
    dev.ROOT, dev.VENV = folder / "book", folder
    dev.environment, dev.python = lambda: None, lambda *arguments: started.append(arguments)
    dev.lab()
    return folder / "share" / "jupyter" / "lab" / "settings", started[0]


def address(runtime):
    for _ in range(SECONDS * 4):
        for file in runtime.glob("jpserver-*.json"):
            told = json.loads(file.read_text("utf-8"))
            return f"{told['url']}lab?token={told['token']}"
        time.sleep(0.25)
    pytest.fail("JupyterLab did not start")


READY = """() => {
    const session = jupyterapp.shell.currentWidget.context.sessionContext;
    return session.isReady && session.session?.kernel?.status === "idle";
}"""
DONE = """() => {
    const cells = [...jupyterapp.shell.currentWidget.content.model.cells];
    const code = cells.filter(cell => cell.type === "code");
    const failed = code.some(cell => cell.outputs.toJSON().some(o => o.output_type === "error"));
    return failed || code.every(cell => cell.executionCount);
}"""
OUTPUTS = """() => [...jupyterapp.shell.currentWidget.content.model.cells]
    .filter(cell => cell.type === "code").flatMap(cell => cell.outputs.toJSON())"""
SAVE = """async () => {
    await jupyterapp.shell.currentWidget.context.ready;
    await jupyterapp.commands.execute("docmanager:save");
}"""
EDIT = """() => {
    const cells = [...jupyterapp.shell.currentWidget.content.model.cells];
    const cell = cells.find(cell => cell.type === "markdown").sharedModel;
    cell.setSource(cell.getSource() + "\\n\\nA line of my own.");
}"""


SHOWN = {
    "derivation": ".sa-derivation",
    "table": "table.sa-check",
    "figure": ".jp-RenderedSVG",
}
CONTRAST = """async () => (await axe.run({include: [[".jp-OutputArea [class^='sa-']"]]}, {
    runOnly: ["color-contrast"],
})).violations.flatMap(v => v.nodes.map(n => `${n.html.slice(0, 150)}: ${n.failureSummary}`))"""


def pale(page, theme, pictures):
    """Turn to a theme of JupyterLab and list what cannot be read in it; keep a picture of each."""
    change = (
        f'jupyterapp.commands.execute("apputils:change-theme", {{theme: "JupyterLab {theme}"}})'
    )
    page.evaluate(change)
    page.wait_for_selector(f"body[data-jp-theme-name='JupyterLab {theme}']", state="attached")
    for name, what in SHOWN.items():
        shown = page.locator(f".jp-OutputArea {what}")
        if shown.count():
            shown.first.scroll_into_view_if_needed()
            shown.first.screenshot(path=f"{pictures}-{name}.png")
    page.add_script_tag(path=AXE)
    return page.evaluate(CONTRAST)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_opened_run_and_saved(browser, lab, folder, chapter):
    file = folder / "book" / "chapters" / f"{chapter}.md"
    before = file.read_text("utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{lab}&reset")
    page.locator(".jp-DirListing-item", has_text="chapters").dblclick()
    page.locator(".jp-DirListing-item", has_text=f"{chapter}.md").dblclick()
    expect(page.locator(".jp-NotebookPanel .jp-Notebook")).to_be_visible()
    page.wait_for_function(READY)

    page.locator(".lm-MenuBar-item", has_text="Run").click()
    page.locator('[data-command="runmenu:run-all"]').click()
    page.wait_for_function(DONE, timeout=3 * SECONDS * 1000)
    outputs = page.evaluate(OUTPUTS)
    assert [output for output in outputs if output["output_type"] == "error"] == []
    rendered = "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)
    for what in ("sa-derivation", "sa-check"):
        shown = page.locator(f".jp-OutputArea .{what}")
        assert shown.count() == rendered.count(f'class="{what}') + rendered.count(f" {what}")
    if rendered.count("sa-derivation"):
        expect(page.locator(".sa-derivation mjx-container").first).to_be_visible()
    for theme in ("Light", "Dark"):
        assert pale(page, theme, SCREENSHOTS / f"lab-{chapter}-{theme.lower()}") == []

    page.evaluate(SAVE)
    assert file.read_text("utf-8") == before
    page.evaluate(EDIT)
    page.evaluate(SAVE)
    difference = unified_diff(before.splitlines(), file.read_text("utf-8").splitlines(), n=0)
    changed = [line for line in list(difference)[2:] if not line.startswith("@@")]
    assert [line for line in changed if line != "+"] == ["+A line of my own."]
    page.close()
