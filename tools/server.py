"""Serve a folder as the public host serves the book: text compressed, and kept for ten minutes."""

from __future__ import annotations

import functools
import gzip
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TEXT = {".css", ".html", ".ipynb", ".js", ".json", ".md", ".svg", ".txt", ".xml"}


class Handler(SimpleHTTPRequestHandler):
    """One that keeps connections open, compresses, and keeps its diary to itself."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> Any:
        """Answer with a compressed body where the file is text."""
        file = Path(self.translate_path(self.path))
        if file.suffix not in TEXT or not file.is_file():
            return super().send_head()
        body = compressed(file, file.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self) -> None:
        """Let the browser keep what it has."""
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@functools.cache
def compressed(file: Path, _changed: int) -> bytes:
    """Compress a file, at the level that web servers use."""
    return gzip.compress(file.read_bytes(), compresslevel=6)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Give the address at which a folder is served while the context lasts."""
    handler = functools.partial(Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
