"""The three engines that pages are read in, each with the same few methods.

Chromium is driven by Playwright, which cannot drive the other two as Debian has them: Firefox
speaks WebDriver BiDi itself, WebKitGTK comes with a driver that speaks the older WebDriver, and
draws on a screen, here one that nobody sees.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import sync_playwright
from websocket import create_connection

from tests.browser import LAID_OUT, launch, need

HEIGHT = 800
PATIENCE = 240  # seconds: a computer may be busy
LIMITS = dict.fromkeys(("script", "pageLoad"), PATIENCE * 1000)
KEYS = {"ArrowRight": "\ue014", "Enter": "\ue007", "Tab": "\ue004"}


class Window(ABC):
    """A window of some engine, as wide as a screen or a phone."""

    complaints: list[str] | None = None  # what the console said, where the engine tells it
    narrowest = 0

    @abstractmethod
    def go(self, url: str) -> None: ...

    @abstractmethod
    def evaluate(self, expression: str) -> Any: ...

    @abstractmethod
    def press(self, key: str) -> None: ...

    @abstractmethod
    def picture(self) -> bytes: ...

    def open(self, url: str) -> None:
        """Open a page, and wait until all of it is laid out."""
        self.go(url)
        self.wait(LAID_OUT)

    def wait(self, expression: str) -> Any:
        """Wait until this is true on the page, and give its value."""
        until = time.monotonic() + PATIENCE
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < until, f"this never came true: {expression}"
            time.sleep(0.02)
        return value


class Chromium(Window):
    def __init__(self, width: int, closing: ExitStack) -> None:
        browser = launch(closing.enter_context(sync_playwright()))
        closing.callback(browser.close)
        self.page = browser.new_page(viewport={"width": width, "height": HEIGHT})
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self.hear)

    def hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def go(self, url: str) -> None:
        self.page.goto(url)

    def evaluate(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def picture(self) -> bytes:
        return self.page.screenshot()


class Firefox(Window):
    def __init__(self, width: int, closing: ExitStack) -> None:
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        need(program, "there is no Firefox on this computer (`apt install firefox-esr`)")
        profile = closing.enter_context(TemporaryDirectory())
        options = ("--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile)
        process = started(closing, program, *options, stderr=subprocess.PIPE, text=True)
        told = (re.search(r"BiDi listening on (ws:\S+)", line) for line in process.stderr)
        address = next(found[1] for found in told if found)
        self.socket = create_connection(f"{address}/session", PATIENCE, suppress_origin=True)
        closing.callback(self.socket.close)
        self.complaints = []
        self.number = 0
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.page = {"context": self.ask("browsingContext.create", type="tab")["context"]}
        size = {"width": width, "height": HEIGHT}
        self.ask("browsingContext.setViewport", viewport=size, **self.page)

    def ask(self, method: str, **parameters: Any) -> Any:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        self.socket.send(json.dumps(message))
        while (answer := json.loads(self.socket.recv())).get("id") != self.number:
            told = answer["params"]
            # Of a formula of which only the half has arrived it says that the markup is invalid.
            if told.get("level") in ("error", "warn") and "Invalid markup" not in told["text"]:
                self.complaints.append(told["text"])
        assert "result" in answer, answer
        return answer["result"]

    def go(self, url: str) -> None:
        self.ask("browsingContext.navigate", url=url, wait="complete", **self.page)

    def evaluate(self, expression: str) -> Any:
        asked = f"Promise.resolve({expression}).then(value => JSON.stringify([value]))"
        done = self.ask(
            "script.evaluate",
            expression=asked,
            target=self.page,
            awaitPromise=True,
            userActivation=True,
        )
        assert done["type"] == "success", done
        return json.loads(done["result"]["value"])[0]

    def press(self, key: str) -> None:
        self.ask("input.performActions", actions=typing(key), **self.page)

    def picture(self) -> bytes:
        return base64.b64decode(self.ask("browsingContext.captureScreenshot", **self.page)["data"])


class WebKit(Window):
    narrowest = 447  # the bar of Debian's small browser is as wide as that

    def __init__(self, width: int, closing: ExitStack) -> None:
        need(
            shutil.which("WebKitWebDriver"), "there is no WebKit (`apt install webkit2gtk-driver`)"
        )
        need(shutil.which("Xvfb"), "WebKit has no screen here (`apt install xvfb`)")
        screen = ("-displayfd", "1", "-nolisten", "tcp", "-screen", "0", f"1280x{HEIGHT}x24")
        display = started(closing, "Xvfb", *screen, stdout=subprocess.PIPE, text=True)
        number = display.stdout.readline().strip()
        seen = os.environ | {"DISPLAY": f":{number}", "NO_AT_BRIDGE": "1"}
        port = free_port()
        self.session = f"http://127.0.0.1:{port}/session"
        driver = started(closing, "WebKitWebDriver", f"--port={port}", env=seen)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                found = self.ask("", capabilities={"alwaysMatch": {"timeouts": LIMITS}})
                break
            except OSError:
                assert driver.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
        self.session += f"/{found['sessionId']}"
        closing.callback(self.ask, method="DELETE")
        self.ask("/window/rect", width=width, height=HEIGHT)

    def ask(self, path: str = "", *, method: str = "POST", **parameters: Any) -> Any:
        body = json.dumps(parameters).encode() if method == "POST" else None
        request = Request(self.session + path, body, method=method)
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["value"]

    def go(self, url: str) -> None:
        self.ask("/url", url=url)

    def evaluate(self, expression: str) -> Any:
        script = f"const done = arguments[0]; Promise.resolve({expression}).then(done);"
        return self.ask("/execute/async", script=script, args=[])

    def press(self, key: str) -> None:
        self.ask("/actions", actions=typing(key))

    def picture(self) -> bytes:
        return base64.b64decode(self.ask("/screenshot", method="GET"))


ENGINES = {engine.__name__: engine for engine in (Chromium, Firefox, WebKit)}


@contextmanager
def window(engine: str, width: int) -> Iterator[Window]:
    """Open a window while the context lasts."""
    with ExitStack() as closing:
        yield ENGINES[engine](width, closing)


def typing(key: str) -> list[dict[str, Any]]:
    value = KEYS.get(key, key)
    strokes = [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
    return [{"type": "key", "id": "keyboard", "actions": strokes}]


def started(closing: ExitStack, *command: str, **options: Any) -> subprocess.Popen:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
    process = subprocess.Popen(command, **quiet)
    for stream in filter(None, (process.stdout, process.stderr)):
        closing.callback(stream.close)
    closing.callback(process.wait)
    closing.callback(process.terminate)
    return process


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
