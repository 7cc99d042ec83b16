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

  // A page opens with what is in sight; the rest is laid out part by part while nobody waits, unseen,
  // for each drawing of the page takes as long as many parts, and then is drawn at once. Whoever
  // clicks or types before that has the whole page first, and so has paper: a link must know how far
  // away its target is.
  const STEP = 8;  // milliseconds

  function layOutTheRest() {
    const root = document.documentElement;
    if (!root.dataset.laidOut) return;
    const parts = [...document.querySelectorAll("article section section > *, .sa-register tbody tr")];
    const whenIdle = window.requestIdleCallback ?? setTimeout;
    let next = 0;

    function step() {
      const end = performance.now() + STEP;
      while (next < parts.length && performance.now() < end) {
        parts[next++].firstElementChild?.getBoundingClientRect();  // to answer, it must be laid out
      }
      if (next < parts.length) whenIdle(step);
      else whole();
    }

    function whole() {
      for (const part of parts) part.style.contentVisibility = "visible";
      next = parts.length;
      root.dataset.whole = "";
    }

    for (const event of ["click", "keydown", "beforeprint"]) {
      addEventListener(event, whole, { capture: true, once: true });
    }
    addEventListener("load", () => whenIdle(step));
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

  // A mark that is pointed at, or has the focus, shows its card. The card stays for a while when the
  // pointer leaves, so that it can be reached; Escape shuts it. A finger points with its first touch
  // and follows the link with the second.
  function showCards() {
    const LATER = 400;
    let shown = null, touched = null, waiting = 0;
    const markOf = event => event.target.closest?.(".sa-cite") ?? null;

    function show(mark) {
      clearTimeout(waiting);
      waiting = 0;
      shown?.classList.remove("sa-shown");
      shown = mark;
      shown?.classList.add("sa-shown");
    }

    function leave() {
      waiting ||= setTimeout(() => show(document.querySelector(".sa-cite:is(:hover, :focus)")), LATER);
    }

    for (const arrival of ["pointerover", "focusin"]) {
      document.addEventListener(arrival, function (event) {
        const mark = markOf(event);
        if (mark) show(mark);
        else if (shown) leave();
      });
    }
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") show(null);
    });
    document.addEventListener("click", function (event) {
      const mark = event.pointerType === "touch" ? markOf(event) : null;
      if (mark && mark !== touched) event.preventDefault();
      touched = mark;
    });
  }

  // A symbol that is pointed at or touched says what it means: its line of the page's list, beside
  // its line of the formula. Who uses neither mouse nor finger has the list: its button is above.
  function explainSymbols() {
    const list = document.getElementById("page-symbols");
    if (!list) return;
    const root = document.documentElement;
    const tip = document.createElement("div");
    tip.append(document.createElement("dl"));
    tip.className = "sa-tip sa-symbol";
    const HERE = "[data-symbol]:not(:is(a, summary, button, label) *)";
    const FINGER = 14, GAP = 6, LINE = 90, SOON = 150, LATER = 400;
    let pointed = null, shown = null, waiting = 0;

    function hide() {
      clearTimeout(waiting);
      shown?.classList.remove("sa-pointed");
      shown = null;
      tip.remove();
    }

    function show(symbol) {
      hide();
      shown = symbol;
      symbol.classList.add("sa-pointed");
      const line = list.querySelector(`[data-row="${symbol.dataset.symbol}"]`);
      tip.firstChild.replaceChildren(line.cloneNode(true));
      list.before(tip);
      // A tall formula may lie under it, but not what stands beside the symbol.
      const whole = symbol.closest(".katex-base").getBoundingClientRect();
      const own = symbol.getBoundingClientRect();
      const at = whole.height < LINE ? whole : own;
      const { width, height } = tip.getBoundingClientRect();
      const from = tip.offsetParent.getBoundingClientRect();
      const under = parseFloat(getComputedStyle(root).scrollPaddingTop) || 0;
      const above = at.top - height - GAP;
      const left = Math.min(own.left, root.clientWidth - width - GAP);
      tip.style.left = `${Math.max(GAP, left) - from.left}px`;
      tip.style.top = `${(above < under ? at.bottom + GAP : above) - from.top}px`;
    }

    // What lies over the letters of a fraction is not the letters: not the target counts, but the place.
    function nearest({ target, clientX, clientY, pointerType }) {
      const isFinger = pointerType === "touch" && !target.closest("a, button, input, label, select, summary");
      const reach = isFinger ? FINGER : 0;
      const near = [];
      target.closest(isFinger ? "article" : "article .math")?.querySelectorAll(HERE).forEach(function (symbol) {
        const { left, right, top, bottom } = symbol.getBoundingClientRect();
        const x = Math.max(left - clientX, 0, clientX - right);
        const y = Math.max(top - clientY, 0, clientY - bottom);
        const far = Math.hypot((left + right) / 2 - clientX, (top + bottom) / 2 - clientY);
        if (Math.hypot(x, y) <= reach) near.push([far, symbol]);
      });
      return near.sort(([one], [other]) => one - other)[0]?.[1] ?? null;
    }

    document.addEventListener("pointermove", function (event) {
      if (event.pointerType === "touch" || event.buttons) return;
      const what = tip.contains(event.target) ? tip : nearest(event);
      if (what === pointed) return;
      pointed = what;
      clearTimeout(waiting);
      if (what === tip || what === shown) return;
      waiting = what ? setTimeout(show, SOON, what) : setTimeout(hide, LATER);
    });
    document.addEventListener("click", function (event) {
      if (tip.contains(event.target)) return;
      const symbol = nearest(event);
      if (symbol) show(symbol);
      else hide();
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") hide();
    });
    document.addEventListener("scroll", function (event) {
      if (event.target !== document) hide();
    }, true);
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
  layOutTheRest();
  markScrollingBoxes();
  offerEverything();
  reveal();
  showCards();
  explainSymbols();
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) reveal();
  });
})();
