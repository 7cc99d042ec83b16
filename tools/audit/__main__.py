"""Hold the built pages against Lighthouse and the HTML checker: all of them, or those named."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from dev import SITE, Stop, npm_packages
from tools.audit import lighthouse, validator
from tools.audit.targets import LEAST, Audited, heading, row
from tools.server import served

ENOUGH = {device: LEAST[device][2] for device in lighthouse.DEVICES}


def main(names: list[str]) -> int:
    """Print a row for each page, then what is missed; return 1 if anything is."""
    try:
        pages = chosen(names)
        print(heading(), flush=True)
        misses = []
        for audited in audit(pages):
            print(row(audited), flush=True)
            misses += [f"{audited.page}: {miss}" for miss in audited.misses()]
    except Stop as reason:
        print(reason, file=sys.stderr)
        return 1
    print("\n".join(["", *misses]) if misses else "\nEvery page reaches every target.")
    return int(bool(misses))


def chosen(names: Iterable[str]) -> list[Path]:
    """Find the pages that are named as in `softmax`, or all."""
    found = sorted(page for page in SITE.rglob("*.html") if "_static" not in page.parts)
    if not found:
        raise Stop("There is no book to audit yet: run `python3 dev.py book` first.")
    by_name = {page.stem: page for page in found}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise Stop(f"There is no page `{unknown[0]}`: name some of {', '.join(sorted(by_name))}.")
    return [by_name[name] for name in names] or found


def audit(pages: list[Path]) -> Iterator[Audited]:
    """Validate all pages at once; then measure, one by one, those that search engines may list."""
    invalid = validator.errors(pages)
    with served(SITE) as address:
        for page in pages:
            name = page.relative_to(SITE).as_posix()
            measured = {
                device: lighthouse.measure(address + name, device, enough)
                for device, enough in ENOUGH.items()
                if page.stem not in NOT_READ
            }
            yield Audited(name.removesuffix(".html"), measured, invalid[page])


NOT_READ = ("404", "search", "genindex")  # for these only the validator counts

if __name__ == "__main__":
    try:
        npm_packages(Path(__file__).parent)
    except Stop as reason:
        sys.exit(str(reason))
    sys.exit(main(sys.argv[1:]))
