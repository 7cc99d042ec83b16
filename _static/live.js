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

  function joined(parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  // --- Python: one worker for the page, made when it is first asked for and after each end.

  class Stopped extends Error {}

  const quiet = () => {};
  const pieces = new Map();
  const python = {
    worker: null, tiers: new Map(), asked: new Map(), number: 0, about: null, told: null,
    progress: quiet,
  };

  // What is under way when Python ends, ends with it.
  function end(error) {
    python.worker?.terminate();
    python.worker = null;
    python.tiers.clear();
    python.asked.clear();
    python.over?.(error);
    python.life = new Promise((_, fail) => { python.over = fail; });
    python.life.catch(quiet);
  }

  function stop() {
    end(new Stopped("stopped"));
  }

  function whileItRuns(work) {
    return Promise.race([work, python.life]);
  }

  async function startWorker() {
    const code = await whileItRuns(load("worker.js", "worker"));
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    python.worker = new Worker(url);
    URL.revokeObjectURL(url);
    python.worker.onmessage = function ({ data: { id, error, result } }) {
      const waits = python.asked.get(id);
      python.asked.delete(id);
      if (error) waits?.fail(Error(error));
      else waits?.done(result);
    };
    python.worker.onerror = event => end(Error(event.message || "the worker ended"));
  }

  function ask(message) {
    return whileItRuns(new Promise(function (done, fail) {
      const id = ++python.number;
      python.asked.set(id, { done, fail });
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

  async function piece(name) {
    if (!pieces.has(name)) {
      const text = await load(name);
      if (!pieces.has(name)) pieces.set(name, bytes(text));
      texts.delete(name);
    }
    return pieces.get(name);
  }

  // The packs of a tier, as they were gzipped; `progress` is told of every piece.
  async function packs(tier) {
    const wanted = python.about.pieces[tier];
    const total = wanted.flat().reduce((sum, [, size]) => sum + size, 0);
    let here = 0;
    const found = [];
    for (const pack of wanted) {
      const parts = [];
      for (const [name, size] of pack) {
        python.progress(here, total);
        parts.push(await whileItRuns(piece(name)));
        here += size;
      }
      found.push(joined(parts));
    }
    python.progress();
    return found;
  }

  function provide(tier) {
    if (!python.tiers.has(tier)) {
      python.tiers.set(tier, provided(tier).catch(function (error) {
        python.tiers.delete(tier);
        throw error;
      }));
    }
    return python.tiers.get(tier);
  }

  async function provided(tier) {
    const given = await packs(tier);
    if (tier !== "numpy") return ask({ packs: given });
    await startWorker();
    await ask({ packs: given });
    return request({ open: python.told });
  }

  function comes(tier) {
    return !python.tiers.has(tier) && provide(tier).then(() => true, () => false);
  }

  // Answers one request after another; what SymPy is needed for asks for it.
  async function serve(what, wantsSympy) {
    [python.about, python.told] = await whileItRuns(load(address, "chapter"));
    await provide("numpy");
    if (wantsSympy(python.told)) await provide("sympy");
    let answer = await request({ chapter: python.told.chapter, ...what });
    if (answer.needs) {
      await provide(answer.needs);
      answer = await request({ chapter: python.told.chapter, ...what });
    }
    return answer;
  }

  // While the reader thinks, the exercises of the page are got ready, a little at a time: an answer
  // that comes meanwhile waits for no more than that.
  async function prepare(first) {
    const { chapter, exercises } = python.told;
    const ids = Object.keys(exercises);
    const start = Math.max(ids.indexOf(first), 0);
    const mine = python.preparing = Symbol();
    for (const id of [...ids.slice(start), ...ids.slice(0, start)]) {
      let goesOn = true;
      while (goesOn && !busy && python.preparing === mine) {
        const { more, needs } = await request({ chapter, prepare: id });
        goesOn = more || (needs && !navigator.connection?.saveData && await comes(needs));
      }
    }
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
      python.progress = (...how) => this.progress(...how);
      this.progress();
      try {
        this.show(await serve({ ...this.what, text: this.text.value }, this.wantsSympy));
      } catch (error) {
        end(error);
        this.say(error instanceof Stopped
          ? "Stopped. Python starts anew with the next run."
          : `Python ended: ${error.message}. It starts anew with the next run; `
            + "if that does not help, this browser may have too little memory for it.", "error");
      }
      python.progress = quiet;
      this.progress();
      clearTimeout(this.late);
      this.halt.hidden = true;
      this.go.disabled = false;
      busy = false;
      if (python.about) this.note.textContent = (this.missing ?? "") + versions();
      this.status.scrollIntoView({ block: "nearest" });
      if (python.worker) prepare(this.what.exercise).catch(end);
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

  end();
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
