"""What the Nu HTML checker, the W3C's own, finds wrong with pages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from dev import Stop

PROGRAM = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
OLDEST_JAVA = 11


def errors(pages: Sequence[Path]) -> dict[Path, list[str]]:
    """Return the errors of each page, with their lines."""
    done = subprocess.run(
        [java(), "-jar", PROGRAM, "--format", "json", "--exit-zero-always", *pages],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    found: dict[Path, list[str]] = {page: [] for page in pages}
    for message in json.loads(done.stderr)["messages"]:
        if message["type"] != "info":
            page = Path(url2pathname(unquote(urlparse(message["url"]).path)))
            found[page].append(f"line {message.get('lastLine', '?')}: {message['message']}")
    return found


def java() -> str:
    """Find Java."""
    program = shutil.which("java")
    said = program and subprocess.run(
        [program, "-version"], capture_output=True, encoding="utf-8", check=False
    )
    version = said and re.search(r'version "(\d+)', said.stderr)
    if not version or int(version[1]) < OLDEST_JAVA:
        raise Stop(
            f"The HTML validator needs Java {OLDEST_JAVA} or newer: install it "
            "(on Debian and Ubuntu `sudo apt install default-jre-headless`) and try again."
        )
    return program
