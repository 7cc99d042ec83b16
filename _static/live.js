// Exercises that are answered in the page: a box, a button, and the grader's own words.
//
// Python runs in a worker, from files of this site alone, and nothing of it is loaded before a
// reader asks. Nothing is graded here: the answer goes to the worker as it stands, and what the
// exercise says of it is shown.
(function () {
  "use strict";

  const MB = 1e6;
  const SLOW = 1500;  // milliseconds after which a run is said to go on
  const address = document.querySelector("meta[name=live]")?.content;
  const folder = address?.replace(/[^/]*$/, "");
  const able = "WebAssembly" in window && "Worker" in window && "DecompressionStream" in window;

  // --- Files: scripts that each hand over a name and a text; a page from disk may read no others.

  const texts = new Map();
  const waiting = new Map();

  window.softactLive = function (name, text) {
    texts.set(name, text);
  };

  function load(file, name = file) {
    if (texts.has(name)) return Promise.resolve(texts.get(name));
    if (!waiting.has(name)) {
      waiting.set(name, new Promise(function (done, fail) {
        const script = document.createElement("script");
        script.src = file.includes("/") ? file : folder + file;
        script.onload = () => done(texts.get(name));
        script.onerror = () => fail(Error(`${file} cannot be loaded`));
        document.head.append(script);
      }).finally(() => waiting.delete(name)));
    }
    return waiting.get(name);
  }

  function bytes(base64) {
    const text = atob(base64);
    const found = new Uint8Array(text.length);
    for (let k = 0; k < text.length; k++) found[k] = text.charCodeAt(k);
    return found;
  }

  // --- Python: one worker for the page, made when it is first asked for and after each stop.

  class Stopped extends Error {}

  const python = { worker: null, tiers: new Set(), packs: new Map(), number: 0, about: null, told: null };

  function stop() {
    python.stopped?.(new Stopped("stopped"));
    python.worker?.terminate();
    python.worker = null;
    python.tiers.clear();
  }

  function untilStopped(work) {
    return Promise.race([work, new Promise((_, fail) => { python.stopped = fail; })]);
  }

  function ask(message) {
    return untilStopped(new Promise(function (done, fail) {
      const id = ++python.number;
      python.worker.onmessage = function ({ data }) {
        if (data.id !== id) return;
        if (data.error) fail(Error(data.error));
        else done(data.result);
      };
      python.worker.onerror = event => fail(Error(event.message || "the worker ended"));
      python.worker.postMessage({ id, ...message });
    }));
  }

  async function request(what) {
    const result = await ask({
      code: "from evidence.run.desk import serve\nserve()",
      given: JSON.stringify(what),
    });
    return JSON.parse(new TextDecoder().decode(result));
  }

  // The packs of a tier, as they were gzipped; `progress` is told of every piece.
  async function packs(tier, progress) {
    if (!python.packs.has(tier)) {
      const pieces = python.about.pieces[tier];
      const total = pieces.flat().reduce((sum, piece) => sum + piece[1], 0);
      let here = 0;
      const found = [];
      for (const pack of pieces) {
        const whole = new Uint8Array(pack.reduce((sum, piece) => sum + piece[1], 0));
        let at = 0;
        for (const [name, size] of pack) {
          progress(here, total);
          whole.set(bytes(await untilStopped(load(name))), at);
          texts.delete(name);
          at += size;
          here += size;
        }
        found.push(whole);
      }
      progress(total, total);
      python.packs.set(tier, found);
    }
    return python.packs.get(tier);
  }

  async function provide(tier, progress) {
    if (python.tiers.has(tier)) return;
    const given = await packs(tier, progress);
    progress();
    const starts = !python.worker;
    if (starts) {
      const code = await untilStopped(load("worker.js", "worker"));
      const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
      python.worker = new Worker(url);
      URL.revokeObjectURL(url);
    }
    await ask({ packs: given });
    python.tiers.add(tier);
    if (starts) await request({ open: python.told });
  }

  // Answers one request after another; what SymPy is needed for asks for it.
  async function serve(what, wantsSympy, progress) {
    [python.about, python.told] = await untilStopped(load(address, "chapter"));
    await provide("numpy", progress);
    if (wantsSympy(python.told)) await provide("sympy", progress);
    progress();
    let answer = await request({ chapter: python.told.chapter, ...what });
    if (answer.needs) {
      await provide(answer.needs, progress);
      answer = await request({ chapter: python.told.chapter, ...what });
    }
    return answer;
  }

  // --- The page

  function element(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function remembered(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  }

  function remember(key, text) {
    try {
      if (text === null) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch { /* a browser may keep nothing */ }
  }

  function megabytes(number) {
    return (number / MB).toFixed(1);
  }

  let busy = false;

  class Box {
    constructor(place, { key, start, label, action, what, wantsSympy }) {
      Object.assign(this, { place, key, start, what, wantsSympy });
      const id = `live-${key}`;
      this.text = element("textarea", {
        id, autocapitalize: "off", autocomplete: "off", autocorrect: "off", spellcheck: "false",
      });
      this.text.value = remembered(key) ?? start;
      this.go = element("button", { type: "button", class: "sa-go" }, action);
      this.halt = element("button", { type: "button", hidden: "" }, "Stop");
      this.again = element("button", { type: "button", class: "sa-quiet", hidden: "" }, "Start over");
      this.bar = element("progress", { max: "1", "aria-label": "loading Python", hidden: "" });
      this.note = element("span", { class: "sa-live-note" });
      this.status = element("p", { role: "status" });
      this.printed = element("pre", { hidden: "" });
      const row = element("div", { class: "sa-live-row" },
        this.go, this.halt, this.again, this.bar, this.note);
      place.append(
        element("label", { for: id }, label), this.text, row, this.status, this.printed);
      this.text.addEventListener("input", () => this.changed());
      this.text.addEventListener("keydown", event => this.typed(event));
      this.go.addEventListener("click", () => this.run());
      this.halt.addEventListener("click", stop);
      this.again.addEventListener("click", () => this.clear());
      this.fit();
    }

    fit() {
      const lines = this.text.value.split("\n").length;
      this.text.rows = Math.min(Math.max(lines, 2), 24);
      this.again.hidden = this.text.value === this.start;
    }

    changed() {
      remember(this.key, this.text.value === this.start ? null : this.text.value);
      this.fit();
    }

    clear() {
      this.text.value = this.start;
      this.changed();
      this.say("");
      this.text.focus();
    }

    // Tab leaves the box, as everywhere; Enter keeps the indentation, with Control it checks.
    typed(event) {
      if (event.key !== "Enter" || event.isComposing) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        this.run();
        return;
      }
      const before = this.text.value.slice(0, this.text.selectionStart);
      const line = before.slice(before.lastIndexOf("\n") + 1);
      const indent = line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
      if (indent && document.execCommand("insertText", false, `\n${indent}`)) event.preventDefault();
    }

    say(text, verdict = "", printed = "") {
      if (verdict) this.status.dataset.verdict = verdict;
      else delete this.status.dataset.verdict;
      this.status.textContent = text;
      this.printed.textContent = printed;
      this.printed.hidden = !printed;
    }

    progress(here, total) {
      const loads = total !== undefined && here < total;
      this.bar.hidden = !loads;
      if (loads) this.bar.value = here / total;
      this.note.textContent = loads ? `${megabytes(here)} of ${megabytes(total)} MB` : "";
      clearTimeout(this.late);
      if (!loads) this.late = setTimeout(() => { this.note.textContent = "still at it"; }, SLOW);
    }

    async run() {
      if (busy) {
        if (!this.go.disabled) this.say("Python is at work on another answer of this page.");
        return;
      }
      busy = true;
      this.go.disabled = true;
      this.missing = "";
      this.halt.hidden = false;
      this.say(python.worker ? "Running …" : "Python is coming …");
      const started = this.text.value;
      try {
        const answer = await serve(
          { ...this.what, text: started }, this.wantsSympy, (...how) => this.progress(...how));
        this.show(answer);
      } catch (error) {
        const stopped = error instanceof Stopped;
        stop();
        this.say(stopped
          ? "Stopped. Python starts anew with the next run."
          : `Python ended: ${error.message}. It starts anew with the next run; `
            + "if that does not help, this browser may have too little memory for it.", "error");
      }
      this.progress();
      clearTimeout(this.late);
      this.halt.hidden = true;
      this.go.disabled = false;
      busy = false;
      if (python.about) this.note.textContent = (this.missing ?? "") + versions();
      this.status.scrollIntoView({ block: "nearest" });
    }

    show({ verdict, message, printed, left_out: missing }) {
      this.missing = missing ? `${missing} is not in this page: what the build found with it stands. ` : "";
      this.say((message ?? "").replaceAll("$", ""), verdict ?? (message ? "error" : "done"), printed);
    }
  }

  // Which versions run here, where they are others than the book's.
  function versions() {
    const { versions: here, book } = python.about;
    const other = Object.keys(here).filter(name => here[name] !== book[name]);
    const list = of => other.map(name => `${name} ${of[name]}`).join(" and ");
    return other.length ? `This page runs ${list(here)}; the book was built with ${list(book)}.` : "";
  }

  function offerExercise(place) {
    const id = place.dataset.exercise;
    const block = place.previousElementSibling;
    const hole = block.querySelector("pre").textContent.trimEnd();
    place.classList.add("sa-live");
    block.classList.add("sa-answered");
    return new Box(place, {
      key: `softact-answer-${id}`, start: hole, label: "Your answer", action: "Check",
      what: { exercise: id },
      wantsSympy: told => told.with_sympy.includes(id),
    });
  }

  function offerTrying(after) {
    const place = element("div", { class: "sa-live", "data-try": "" });
    const fold = element("details", { class: "sa-fold sa-fold-try" },
      element("summary", {}, "try something of your own"), place);
    after.append(fold);
    new Box(place, {
      key: `softact-tried-${location.pathname.split("/").pop()}`, start: "softmax([1.0, 2.0, 3.0])",
      label: "Python, with softact, NumPy (np), SymPy (sp) and what this page derives",
      action: "Run", what: {}, wantsSympy: () => true,
    });
  }

  const places = document.querySelectorAll("[data-exercise]");
  if (!places.length || !address) return;
  if (!able) {
    places.forEach(place => place.append(element("p", { class: "sa-live-note" },
      "To check an answer here takes a browser with WebAssembly; the notebook above checks it too.")));
    return;
  }
  const [first] = [...places].map(offerExercise);
  first.note.textContent = "The first check loads Python from this site, up to 13 MB; "
    + "your answer stays in this browser.";
  const sections = document.querySelectorAll("article.bd-article > section > section");
  if (sections.length) offerTrying(sections[sections.length - 1]);
})();
