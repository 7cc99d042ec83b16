"""What is installed is what the lock says, for every pin and for everything beneath it."""

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
LOCKED = [Requirement(line.rstrip("\\ ")) for line in re.findall(r"^\w.*==.*", LOCK, re.MULTILINE)]
PINNED = [
    Requirement(line.partition("#")[0])
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    if "==" in line.partition("#")[0]
]
OURS = ["evidence[book]", "softact"]
LEFT_OUT = re.findall(
    r"^\w.*", (ROOT / "tools" / "left_out_of_lock.txt").read_text("utf-8"), re.MULTILINE
)


def here(requirement: Requirement, extras: set[str]) -> bool:
    """Whether a requirement counts on this computer."""
    marker = requirement.marker
    return not marker or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


def beneath(roots: list[Requirement]) -> dict[str, str]:
    """The versions of all that is installed for these, by their names."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if str(wanted) in seen or name in LEFT_OUT:
            continue
        seen.add(str(wanted))
        installed = distribution(name)
        found[name] = installed.version
        needs = map(Requirement, installed.requires or ())
        waiting += [need for need in needs if here(need, wanted.extras)]
    return found


def test_what_is_installed_is_what_is_locked() -> None:
    locked = {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in LOCKED
        if here(each, set())
    }
    installed = beneath([*PINNED, *map(Requirement, OURS)])
    apart = {"torch", "evidence", "softact"}
    told = "make the lock anew (CONTRIBUTING.md), then run `python3 dev.py book`"
    wrong = {
        name: (version, locked.get(name))
        for name, version in installed.items()
        if name not in apart and locked.get(name) != version
    }
    assert wrong == {}, told


def test_every_pin_is_in_the_lock_but_for_what_stands_apart() -> None:
    locked = {canonicalize_name(each.name): each.specifier for each in LOCKED}
    apart = [pin.name for pin in PINNED if locked.get(canonicalize_name(pin.name)) != pin.specifier]
    assert apart == ["torch"]


def test_every_file_is_known_by_its_hash_and_none_brings_cuda() -> None:
    assert len(LOCKED) > 100
    unhashed = [each for each in re.split(r"\n(?=\w)", LOCK)[1:] if "--hash=sha256:" not in each]
    assert unhashed == []
    assert not re.search(r"^(cuda|nvidia|triton)", LOCK, re.MULTILINE)
