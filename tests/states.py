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
    """Built for an address; from here on with whole faces: to slim them is half of a build."""
    edit(house.folder / "_ext/assets.py", "    slim_faces(sheet, letters_of(site))\n", "")
    return house.book(**ADDRESS)


def reworded(house: House) -> Outcome:
    edit(house.folder / "chapters/one.md", "The row is {ref}", "Its row is {ref}")
    return house.book("draft")


def recorded(house: House) -> Outcome:
    edit(house.folder / "chapters/one.md", "the note's 1", "the note's one")
    return house.book("draft")


def elsewhere(house: House) -> Outcome:
    """Tried while all else is right, so that nothing else can stop the build."""
    settings, url = house.folder / "_config.yml", "https://code.example/ann/softact"
    before = settings.read_text("utf-8")
    settings.write_text(f"{before}\nrepository:\n  url: {url}\n", "utf-8")
    outcome = house.book(**NO_ADDRESS)
    settings.write_text(before, "utf-8")
    return outcome


def wrong(house: House) -> Outcome:
    faults.commit(house.folder)
    return house.book()


def tried_again(house: House) -> Outcome:
    return house.book()


def unreadable(house: House) -> Outcome:
    edit(house.folder / "_toc.yml", "root: index", "root: [index")
    return house.book()


STATES = {
    state.__name__: state
    for state in (right, public, reworded, recorded, elsewhere, wrong, tried_again, unreadable)
}
