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

  // Paper cannot be unfolded.
  function unfold() {
    document.querySelectorAll("details").forEach(function (details) {
      details.open = true;
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
  window.addEventListener("beforeprint", unfold);
})();
