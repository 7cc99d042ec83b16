"""The shipped images are those that were published, and the reader is told where they are from."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).parents[1] / "chapters/data"
FILE = DATA / "digits.csv.gz"
CHAPTER = DATA.parent / "digits.md"
SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"

# The class distribution that the data set's own description gives for its test part.
PUBLISHED_COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


@pytest.fixture(scope="module")
def table() -> np.ndarray:
    return np.loadtxt(FILE, delimiter=",")


def test_the_file_is_unchanged() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == SHA256


def test_every_digit_occurs_as_often_as_published(table: np.ndarray) -> None:
    assert np.bincount(table[:, 64].astype(int)).tolist() == PUBLISHED_COUNTS


def test_each_image_has_64_whole_numbers_from_0_to_16(table: np.ndarray) -> None:
    pixels = table[:, :64]
    assert table.shape == (1797, 65)
    assert set(np.unique(pixels)) == set(range(17))


def test_the_first_image_is_a_zero() -> None:
    first = gzip.decompress(FILE.read_bytes()).decode("ascii").splitlines()[0]
    assert first.startswith("0,0,5,13,9,1,0,0,0,0,13,15,10,15,5,0,")
    assert first.endswith(",0")


def test_source_licence_and_checksum_stand_beside_the_file() -> None:
    text = (DATA / "README.md").read_text("utf-8")
    for needed in ("Alpaydin", "Kaynak", "10.24432/C50P49", "CC BY 4.0", SHA256):
        assert needed in text


def test_the_chapter_names_source_licence_and_checksum() -> None:
    text = CHAPTER.read_text("utf-8")
    for needed in ("{cite}`alpaydin1998digits`", "CC BY 4.0", SHA256):
        assert needed in text
