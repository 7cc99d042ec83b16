// What the explorables share: a panel with controls, drawings and a sentence that says what they show.
//
// A page has a place for one, beside the drawing that stands for it in print and without scripts:
//
// <div class="sa-explorable" data-explorable="NAME"></div><div class="sa-fallback">…</div>
var explorable = (function () {
  "use strict";

  function element(name, attributes, children) {
    return fill(document.createElement(name), attributes, children);
  }

  function svg(name, attributes, children) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  }

  function fill(node, attributes, children) {
    Object.entries(attributes || {}).forEach(function (entry) {
      node.setAttribute(entry[0], entry[1]);
    });
    node.append(...(children || []));
    return node;
  }

  // A minus sign, not a hyphen, and no "-0.00".
  function number(value, digits) {
    const text = value.toFixed(digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
  }

  // Sets attributes of a drawing's part.
  function set(node, attributes) {
    Object.entries(attributes).forEach(function (entry) {
      node.setAttribute(entry[0], typeof entry[1] === "number" ? entry[1].toFixed(2) : entry[1]);
    });
  }

  // The points of a line through places on a drawing.
  function points(places) {
    return places.map(function (place) {
      return place[0].toFixed(1) + "," + place[1].toFixed(1);
    }).join(" ");
  }

  function softmax(z, temperature) {
    const top = Math.max(...z);
    const e = z.map(function (zi) { return Math.exp((zi - top) / temperature); });
    const total = e.reduce(function (a, b) { return a + b; });
    return e.map(function (ei) { return ei / total; });
  }

  // The side is chosen so that exp never overflows.
  function sigmoid(x) {
    const e = Math.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  function Panel(place) {
    this.place = place;
    this.controls = element("div", { class: "sa-controls" });
    this.drawings = element("div", { class: "sa-panels" });
    this.words = element("p", { class: "sa-words", role: "status" });
    place.append(this.controls, this.drawings, this.words);
  }

  // A slider with its value beside it; returns a function that reads it, and whose `move` sets it.
  // `of` makes the value of the slider's place where the two are not the same.
  Panel.prototype.slider = function (options) {
    const of = options.of || Number;
    const digits = options.digits ?? (String(options.step).split(".")[1] || "").length;
    const input = element("input", {
      type: "range", min: options.min, max: options.max, step: options.step, value: options.value,
    });
    const output = element("output");
    function read() { return of(Number(input.value)); }
    function show() {
      output.textContent = number(read(), digits);
      input.setAttribute("aria-valuetext", output.textContent);
    }
    this.controls.append(element("label", {}, [element("span", {}, [options.label]), input, output]));
    this.place.addEventListener("input", show);
    show();
    read.move = function (place) {
      input.value = place;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    return read;
  };

  // Buttons in a row; each has its words and what it does.
  Panel.prototype.buttons = function (actions) {
    this.controls.append(element("div", { class: "sa-buttons" }, actions.map(function (action) {
      const button = element("button", { type: "button" }, [action[0]]);
      button.addEventListener("click", action[1]);
      return button;
    })));
  };

  // A choice among words; returns a function that reads the chosen index.
  Panel.prototype.choice = function (label, words) {
    const select = element("select", {}, words.map(function (word) {
      return element("option", {}, [word]);
    }));
    this.controls.append(element("label", {}, [element("span", {}, [label]), select]));
    return function () { return select.selectedIndex; };
  };

  // An empty drawing that is named for those who cannot see it.
  Panel.prototype.drawing = function (label, width, height, title) {
    const drawing = svg("svg", { viewBox: [0, 0, width, height].join(" "), role: "img", "aria-label": label });
    const shown = title ? [element("p", { class: "sa-title" }, [title]), drawing] : [drawing];
    this.drawings.append(element("div", {}, shown));
    return drawing;
  };

  Panel.prototype.say = function (words) {
    this.words.textContent = words;
  };

  // `build(panel)` draws everything once and returns the function that redraws what changes.
  function start(name, build) {
    document.querySelectorAll('[data-explorable="' + name + '"]').forEach(function (place) {
      const panel = new Panel(place);
      const update = build(panel);
      place.addEventListener("input", update);
      update();
    });
  }

  return {
    define: function (name, build) {
      document.addEventListener("DOMContentLoaded", function () { start(name, build); });
    },
    number: number,
    points: points,
    set: set,
    sigmoid: sigmoid,
    softmax: softmax,
    svg: svg,
  };
})();

if (typeof module === "object") {
  module.exports = explorable;
}
