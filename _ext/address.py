"""Where the book is public: one setting, the address of its repository, says it.

`repository: {url: https://github.com/OWNER/NAME}` in _config.yml gives it, and where GitHub builds
the book, GitHub does. The site's own address follows, unless `html: {baseurl: …}` gives another.
Without an address the links that need one stay away: a dead link is a false statement.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from sphinx.errors import ConfigError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

GITHUB = "https://github.com"
REPOSITORY = re.compile(rf"{GITHUB}/([\w.-]+)/([\w.-]+)")
# Jupyter Book names its own repository where a book names none.
NOBODYS = "https://github.com/executablebooks/jupyter-book"


def repository(config: Config) -> str:
    """Return the address of the book's repository, or nothing."""
    return config.html_theme_options.get("repository_url", "")


def settle(_app: Sphinx, config: Config) -> None:
    """Find the addresses before anything asks for them."""
    url = repository(config).removesuffix("/").removesuffix(".git")
    if url in ("", NOBODYS):
        url = given_by_github(os.environ)
    config.html_theme_options["repository_url"] = url
    if url:
        found = REPOSITORY.fullmatch(url)
        if found is None:
            raise ConfigError(f"`repository: url` must be {GITHUB}/OWNER/NAME, not {url}")
        config.html_baseurl = config.html_baseurl or pages(*found.groups())
        config.html_theme_options["article_footer_items"] = ["report-mistake.html"]
    config.html_context["html_baseurl"] = config.html_baseurl  # for the templates


def given_by_github(environment: Any) -> str:
    """Return the repository that a workflow of GitHub builds, or nothing elsewhere."""
    if environment.get("GITHUB_SERVER_URL") != GITHUB:
        return ""
    return f"{GITHUB}/{environment['GITHUB_REPOSITORY']}"


def pages(owner: str, name: str) -> str:
    """Return the address at which GitHub Pages shows a repository.

    >>> pages("Ann", "softact"), pages("Ann", "ann.github.io")
    ('https://ann.github.io/softact/', 'https://ann.github.io/')
    """
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def setup(app: Sphinx) -> dict[str, Any]:
    """Settle the addresses first of all."""
    app.connect("config-inited", settle, priority=1)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
