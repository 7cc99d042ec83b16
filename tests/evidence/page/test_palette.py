"""Colours as people see them: contrast by WCAG 2, colour blindness by Machado et al. 2009."""

from itertools import combinations

import numpy as np
import pytest

from evidence.page.palette import CYCLE, DARK, LIGHT, VARIABLES

HUES = [f"--sa-{k}" for k in range(1, 6)]
VISIONS = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour):
    c = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    dark, light = sorted(float(linear(c) @ TO_XYZ[1]) for c in (a, b))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_the_ruler():
    assert contrast("#000000", "#ffffff") == pytest.approx(21, rel=1e-4)
    np.testing.assert_allclose(lab(linear("#ffffff")), [100, 0, 0], atol=0.02)
    np.testing.assert_allclose(lab(linear("#ff0000")), [53.24, 80.09, 67.20], atol=0.02)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("values", [LIGHT, DARK], ids=["light", "dark"])
def test_any_two_hues_are_told_apart(values, vision):
    seen = {name: lab(np.array(VISIONS[vision]) @ linear(values[name])) for name in HUES}
    for a, b in combinations(HUES, 2):
        assert np.linalg.norm(seen[a] - seen[b]) >= 19, (a, b)


@pytest.mark.parametrize("values", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", [*HUES, "--sa-ink", "--sa-muted"])
def test_colours_serve_for_text(values, name):
    assert contrast(values[name], values["--sa-paper"]) >= 4.5


@pytest.mark.parametrize("values", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("hue", ["--sa-1", "--sa-2"])
def test_ink_is_legible_on_the_strongest_field_of_a_heat_map(values, hue):
    from evidence.page.plotting import STRONGEST

    paper, ink = (
        np.array([int(values[n][k : k + 2], 16) for k in (1, 3, 5)]) for n in ("--sa-paper", hue)
    )
    mixed = "#" + "".join(f"{round(v):02x}" for v in STRONGEST * ink + (1 - STRONGEST) * paper)
    assert contrast(mixed, values["--sa-ink"]) >= 4.5


def test_both_papers_have_the_same_variables():
    assert LIGHT.keys() == DARK.keys()
    assert set(VARIABLES.values()) == set(LIGHT)
    assert len(set(CYCLE)) == 5
