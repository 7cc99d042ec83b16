// Softmax of three logits: its bars, its Jacobian, and the gradient of the cross-entropy, s − t.
(function () {
  "use strict";

  const shared = typeof module === "object" ? require("./explorable.js") : explorable;
  const softmax = shared.softmax;

  function total(values) {
    return values.reduce(function (a, b) { return a + b; }, 0);
  }

  // 1 − values[i] where all of them sum to 1: as the sum of the others it keeps its digits.
  function others(values, i) {
    return total(values.filter(function (_, k) { return k !== i; }));
  }

  // ∂s_i/∂z_j, row i, column j.
  function jacobian(z, temperature) {
    const s = softmax(z, temperature);
    return s.map(function (si, i) {
      return s.map(function (sj, j) { return (i === j ? si * others(s, i) : -si * sj) / temperature; });
    });
  }

  // log Σ exp(z_k − z_t): the differences are small enough here to need no shift.
  function crossEntropy(z, target, temperature) {
    const ratios = z.map(function (zi) { return Math.exp((zi - z[target]) / temperature); });
    return Math.log1p(others(ratios, target));
  }

  // s − t; divided by the temperature it is the gradient of the loss in z.
  function difference(z, target, temperature) {
    const s = softmax(z, temperature);
    return s.map(function (si, i) { return i === target ? -others(s, i) : si; });
  }

  if (typeof module === "object") {
    module.exports = {
      softmax: softmax, jacobian: jacobian, crossEntropy: crossEntropy, difference: difference,
    };
    return;
  }

  const NAMES = ["0", "1", "2"], BELOW = ["\u2080", "\u2081", "\u2082"];
  const WIDTH = 220, HEIGHT = 190, base = HEIGHT - 26;

  function list(values) {
    return values.map(function (v) { return shared.number(v, 3); }).join(", ");
  }

  // Three bars from a zero line; returns the function that sets their values.
  function bars(drawing, zero, unit, colour) {
    const svg = shared.svg, set = shared.set;
    drawing.append(svg("line", { x1: 0, x2: WIDTH, y1: zero, y2: zero, stroke: "var(--sa-muted)" }));
    const parts = NAMES.map(function (name, i) {
      const x = 10 + i * 70;
      const bar = svg("rect", { x: x, width: 60, fill: colour });
      const value = svg("text", { x: x + 30, "text-anchor": "middle" });
      const foot = svg("text", { x: x + 30, y: HEIGHT - 6, "text-anchor": "middle" }, ["class " + name]);
      drawing.append(bar, value, foot);
      return { bar: bar, value: value };
    });
    return function (values) {
      values.forEach(function (v, i) {
        const height = Math.abs(v) * unit;
        set(parts[i].bar, { y: v < 0 ? zero : zero - height, height: height });
        set(parts[i].value, { y: v < 0 ? zero + height + 15 : zero - height - 5 });
        parts[i].value.textContent = shared.number(v, 3);
      });
    };
  }

  // A 3 × 3 heat map with its numbers; opacity is the size, the hue is the sign.
  function heatMap(drawing) {
    const svg = shared.svg, set = shared.set;
    const cells = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(function (k) {
      const x = 37 + (k % 3) * 61, y = 4 + Math.floor(k / 3) * 54;
      const box = svg("rect", { x: x, y: y, width: 59, height: 52, rx: 3, stroke: "var(--sa-grid)" });
      const value = svg("text", { x: x + 29, y: y + 31, "text-anchor": "middle" });
      drawing.append(box, value);
      return { box: box, value: value };
    });
    NAMES.forEach(function (_, i) {
      drawing.append(
        svg("text", { x: 32, y: 35 + i * 54, "text-anchor": "end" }, ["\u2202s" + BELOW[i]]),
        svg("text", { x: 66 + i * 61, y: HEIGHT - 6, "text-anchor": "middle" }, ["\u2202z" + BELOW[i]])
      );
    });
    return function (matrix, largest) {
      matrix.flat().forEach(function (v, k) {
        set(cells[k].box, {
          fill: v < 0 ? "var(--sa-2)" : "var(--sa-1)",
          "fill-opacity": (0.45 * Math.abs(v)) / largest,
        });
        cells[k].value.textContent = shared.number(v, 3);
      });
    };
  }

  shared.define("softmax", function (panel) {
    const logits = [2, 1, 0].map(function (value, i) {
      return panel.slider({ label: "logit z" + BELOW[i], min: -5, max: 5, step: 0.1, value: value });
    });
    const temperature = panel.slider({ label: "temperature", min: 0.2, max: 5, step: 0.1, value: 1 });
    const target = panel.choice("target", NAMES.map(function (name) { return "class " + name; }));
    const draw = {
      softmax: bars(panel.drawing("Bars of the probabilities", WIDTH, HEIGHT, "softmax s"), base, 135, "var(--sa-1)"),
      jacobian: heatMap(panel.drawing("The Jacobian matrix", WIDTH, HEIGHT, "Jacobian \u2202s/\u2202z")),
      difference: bars(panel.drawing("Bars of s minus t", WIDTH, HEIGHT, "s \u2212 t"), 82, 62, "var(--sa-2)"),
    };

    return function () {
      const z = logits.map(function (read) { return read(); });
      const T = temperature(), t = target(), n = shared.number;
      const s = softmax(z, T), d = difference(z, t, T);
      draw.softmax(s);
      draw.jacobian(jacobian(z, T), 0.25 / T);
      draw.difference(d);
      panel.say(
        "s = (" + list(s) + "). Cross-entropy for class " + NAMES[t] + ": " +
        n(crossEntropy(z, t, T), 3) + "; its gradient (s \u2212 t)/T = (" +
        list(d.map(function (di) { return di / T; })) + ")."
      );
    };
  });
})();
