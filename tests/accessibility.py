"""axe-core on a page that was thinned first: a chapter has fifteen thousand elements.

Four of five of them are the pieces of formulas and of coloured code. No rule of axe's but contrast
looks at these, and contrast is the same wherever the same text colour, size and weight stand before
the same ground. So one piece of each kind that is seen is kept as a sample, on a telephone only of
what no screen shows alike; the others give way to a box of their size or to plain text, and so do
the formulas for those who listen, of which nobody sees anything. What can be reached, named or
scrolled stays as it was.
"""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser import AXE, BOXES

SCREEN, TELEPHONE = 1280, 320

# Notes for each element with text in it what axe's contrast depends on, as it is now, at a width.
LOOK = """width => {
    const grounds = new Map();
    const ground = element => {
        if (element === null) return "";
        if (!grounds.has(element)) {
            const {backgroundColor, backgroundImage, opacity, filter} = getComputedStyle(element);
            const opaque = backgroundColor.startsWith("rgb(") && backgroundImage === "none";
            const own = [backgroundColor, backgroundImage, opacity, filter].join();
            const behind = opaque && opacity === "1" ? "" : ground(element.parentElement);
            grounds.set(element, own + behind);
        }
        return grounds.get(element);
    };
    window.looks ??= {};
    const here = looks[width] ??= new Map();
    for (const element of document.body.querySelectorAll("*:not(math, math *)")) {
        const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!text || !element.checkVisibility()) continue;
        const {color, fontSize, fontWeight, textShadow} = getComputedStyle(element);
        const look = [color, fontSize, fontWeight, textShadow, ground(element)].join();
        here.set(element, (here.get(element) ?? "") + look);
    }
}"""
# Returns what must be nothing: pieces that can be reached or have a role or a name of their own,
# and boxes that scroll otherwise now.
THIN = """widths => {
    const seen = new Set(), pieces = ".katex-base, .katex-base *, math *, article pre span";
    const letter = ([element]) => element.textContent.trim().length < 2;  // axe does not judge it
    for (const width of widths) {
        for (const [element, look] of [...looks[width]].sort((a, b) => letter(a) - letter(b))) {
            if (seen.has(look)) continue;
            seen.add(look);
            element.dataset.sample = `${element.dataset.sample ?? ""} ${width}`;
        }
    }
    const named = e => e.getAttributeNames().some(a => a === "role" || a.startsWith("aria-"));
    const told = [...document.querySelectorAll(pieces)].filter(e => e.tabIndex >= 0 || named(e));
    const scrolling = () => [...document.querySelectorAll("article BOXES")]
        .filter(box => box.scrollWidth > box.clientWidth);
    const before = scrolling();
    const has = piece => piece.matches("[data-sample]") || piece.querySelector("[data-sample]");
    const bases = [...document.querySelectorAll(".katex-base")].filter(base => !has(base))
        .map(base => {
            const {width, height} = base.getBoundingClientRect();
            const em = parseFloat(getComputedStyle(base).fontSize);
            return [base, width / em, height / em];
        });
    for (const [base, width, height] of bases) {
        base.style.cssText = `display: inline-block; width: ${width}em; height: ${height}em`;
        base.replaceChildren();
    }
    for (const math of document.querySelectorAll("math")) math.replaceChildren(math.textContent);
    for (const token of document.querySelectorAll("article pre span")) {
        if (!has(token) && !token.id) token.replaceWith(...token.childNodes);
    }
    document.querySelectorAll("article pre").forEach(code => code.normalize());
    const after = new Set(scrolling());
    return [...told, ...before.filter(box => box.isConnected && !after.has(box))]
        .map(element => element.outerHTML.slice(0, 150));
}""".replace("BOXES", BOXES)
RUN = """async ({rules, root, samples}) => {
    axe.configure({rules: [{id: "color-contrast", selector: samples}]});
    const found = await axe.run(root, {runOnly: rules, reporter: "no-passes"});
    return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 200)}`));
}"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {
    "light": {"type": "tag", "values": TAGS},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}


def thin(page: Page) -> None:
    """Take away what would only be looked at again, by its look at both widths in both schemes."""
    for width in (TELEPHONE, SCREEN):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
            page.evaluate(LOOK, width)
    spoilt = page.evaluate(THIN, [SCREEN, TELEPHONE])
    assert spoilt == [], spoilt
    page.add_script_tag(path=AXE)


def violations(page: Page, scheme: str, width: int) -> list[str]:
    """What axe finds on a thinned page; the dark differs from the light in nothing but colours."""
    return found_by_axe(page, RULES[scheme], samples=f'[data-sample~="{width}"]')


def found_by_axe(page: Page, rules: object, root: str = "html", samples: str = "*") -> list[str]:
    """What axe finds wrong in a part of a page that has loaded it."""
    return page.evaluate(RUN, {"rules": rules, "root": root, "samples": samples})
