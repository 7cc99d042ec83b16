"""The states that the small book goes through, in this order."""

from __future__ import annotations

from tests import faults
from tests.house import ADDRESS, NO_ADDRESS, House, edit

Outcome = tuple[int, str]


def right(house: House) -> Outcome:
    """Built for no address, among files of other tools, from pins that changed since."""
    for folder in (".pytest_cache", "softact", "tests"):
        (house.folder / folder).mkdir(exist_ok=True)
        (house.folder / folder / "README.md").write_text("# Not a page\n", "utf-8")
    with (house.folder / "requirements.txt").open("a", encoding="utf-8") as pins:
        pins.write("# another pin\n")
    return house.book(**NO_ADDRESS)


def public(house: House) -> Outcome:
    return house.book(**ADDRESS)


def reworded(house: House) -> Outcome:
    edit(house.folder / "chapters/one.md", "The row is {ref}", "Its row is {ref}")
    return house.book("draft")


def recorded(house: House) -> Outcome:
    edit(house.folder / "chapters/one.md", "the note's 1", "the note's one")
    return house.book("draft")


def wrong(house: House) -> Outcome:
    faults.commit(house.folder)
    return house.book()


def tried_again(house: House) -> Outcome:
    return house.book()


def elsewhere(house: House) -> Outcome:
    with (house.folder / "_config.yml").open("a", encoding="utf-8") as settings:
        settings.write("\nrepository:\n  url: https://code.example/ann/softact\n")
    return house.book(**NO_ADDRESS)


def unreadable(house: House) -> Outcome:
    edit(house.folder / "_toc.yml", "root: index", "root: [index")
    return house.book()


STATES = {
    state.__name__: state
    for state in (right, public, reworded, recorded, wrong, tried_again, elsewhere, unreadable)
}
