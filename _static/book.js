// The few things that a page of the book does by itself.
(function () {
  "use strict";

  // A box that scrolls can be reached with the keyboard; one that does not is no stop on the way.
  function markScrollingBoxes() {
    document.querySelectorAll(".math-scroll, .sa-formula, .cell_output").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
      } else {
        box.removeAttribute("tabindex");
      }
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
  window.addEventListener("load", markScrollingBoxes);
  window.addEventListener("resize", markScrollingBoxes);
  window.addEventListener("beforeprint", unfold);
})();
