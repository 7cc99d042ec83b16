// The few things that a page of the book does by itself.
(function () {
  "use strict";

  const BOXES = "pre, .math-scroll, .sa-formula, .cell_output, .cell_output > .output, .pst-scrollable-table-container";
  const TALL = ".pst-scrollable-table-container";

  // A box that scrolls can be reached with the keyboard; one that does not is no stop on the way.
  // Each is measured when it is drawn first and when its size changes, not all at once.
  function markScrollingBoxes() {
    const observer = new ResizeObserver(function (changes) {
      changes.forEach(function (change) {
        const box = change.target;
        const tall = box.matches(TALL) && box.scrollHeight > box.clientHeight;
        if (tall || box.scrollWidth > box.clientWidth) {
          box.tabIndex = 0;
        } else {
          box.removeAttribute("tabindex");
        }
      });
    });
    document.querySelectorAll(BOXES).forEach(function (box) {
      observer.observe(box);
    });
  }

  // A link that leads into something folded opens it: from another page, within this one, again.
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    let opened = false;
    for (let box = target; box; box = box.parentElement) {
      opened ||= box.tagName === "DETAILS" && !box.open;
      if (box.tagName === "DETAILS") box.open = true;
    }
    if (opened) target.scrollIntoView();
  }

  // The story, or everything: what is in sight stays where it is while the rest opens or shuts.
  function offerEverything() {
    const root = document.documentElement;
    const buttons = document.querySelectorAll(".sa-switch button");
    function show(what) {
      const under = parseFloat(getComputedStyle(root).scrollPaddingTop) || 0;
      const inSight = [...document.querySelectorAll("article :is(p, h1, h2, h3, figure, .sa-derivation)")]
        .find(element => !element.closest("details") && element.getBoundingClientRect().top >= under);
      const before = inSight?.getBoundingClientRect().top;
      root.style.overflowAnchor = "none";  // the browser would move the page once more
      document.querySelectorAll(".sa-fold").forEach(function (fold) {
        fold.open = what === "everything";
      });
      buttons.forEach(function (button) {
        button.ariaPressed = button.value === what;
      });
      root.dataset.shows = what;
      if (inSight) scrollBy({ top: inSight.getBoundingClientRect().top - before, behavior: "instant" });
      requestAnimationFrame(function () {
        root.style.overflowAnchor = "";
      });
    }
    buttons.forEach(function (button) {
      button.addEventListener("click", function () {
        show(button.value);
        try { localStorage.setItem("shows", button.value); } catch { /* it is not remembered */ }
      });
    });
    if (root.dataset.shows === "everything") show("everything");
  }

  // A finger points at a mark with its first touch and follows it with the second.
  function pointFirst() {
    let pointed = null;
    document.addEventListener("click", function (event) {
      const mark = event.pointerType === "touch" && event.target.closest(".sa-cite");
      if (mark && mark !== pointed) event.preventDefault();
      pointed = mark;
    });
  }

  // Search results quote the pages they found: not from disk, where a page may not read another,
  // and each formula once, though a page holds it for eyes and for screen readers.
  function mendSearchResults() {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== "file:";
    if (typeof Search !== "undefined") {
      const textOf = Search.htmlToText;
      Search.htmlToText = function (html, anchor) {
        return textOf(html.replace(/<span class="katex-mathml">.*?<\/math><\/span>/gs, ""), anchor);
      };
    }
  }

  mendSearchResults();
  markScrollingBoxes();
  offerEverything();
  reveal();
  pointFirst();
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) reveal();
  });
})();
