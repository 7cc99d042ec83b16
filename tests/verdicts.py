"""How long a reader waits for a verdict: every exercise of the site, or of the pages named.

    python -m tests.verdicts softmax sigmoid

An exercise is answered three times: rightly, by its first listed mistake, rightly again; between
two exercises the reader thinks for five seconds. The first verdict of a page has Python to load.
Only on a quiet computer do the seconds mean anything.
"""

import argparse
import time
from statistics import median

from playwright.sync_api import sync_playwright

from tests.browser import launch
from tests.test_live import PATIENCE, POSED, answer, opened

SLOW = 0.5  # seconds, which a verdict after the first may take
THINKS = 5  # seconds


def seconds(page, posed) -> list[float]:
    """Answer an exercise three times."""
    right = posed.solution.replace(f"{posed.name}.solution", f"{posed.name}.grade")
    wrong = f"{posed.name}.grade([*{posed.name}.wrong.values()][0])"
    taken = []
    for text, verdict in [(right, "accepted"), (wrong, "refused"), (right, "accepted")]:
        start = time.perf_counter()
        assert answer(page, posed.id, text)[0] == verdict, posed.id
        taken.append(time.perf_counter() - start)
    return taken


def told(name: str, taken: list[float]) -> str:
    late = sorted(round(s, 1) for s in taken if s > SLOW)
    return f"{name}: {len(taken)}, median {median(taken):.2f} s, over {SLOW} s: {late}"


def main() -> None:
    """Print the seconds of each exercise, and what they come to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("page", nargs="*", help="such as softmax; all, where none is named")
    pages = parser.parse_args().page or list(POSED)
    if unknown := [name for name in pages if name not in POSED]:
        parser.error(f"no exercises on {', '.join(unknown)}: name some of {', '.join(POSED)}")
    first, others, again = [], [], []
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        for name in pages:
            with opened(chromium, name) as visited:
                visited.page.set_default_timeout(PATIENCE)
                for k, posed in enumerate(POSED[name]):
                    time.sleep(THINKS * (k > 0))
                    taken = seconds(visited.page, posed)
                    (others if k else first).append(taken[0])
                    again += taken[1:]
                    print(posed.id.ljust(36), *(f"{s:6.2f}" for s in taken), flush=True)
        chromium.close()
    print(told("first of a page", first))
    print(told("first of a further exercise", others))
    print(told("second and third", again))


if __name__ == "__main__":
    main()
