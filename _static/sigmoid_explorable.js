// The sigmoid with its tangent, and its slope as a curve of its own.
(function () {
  "use strict";

  const shared = typeof module === "object" ? require("./explorable.js") : explorable;
  const sigmoid = shared.sigmoid;

  // σ(x) σ(−x): 1 − σ(x) would lose all its digits for large x.
  function slope(x) {
    return sigmoid(x) * sigmoid(-x);
  }

  function tangent(x, at) {
    return sigmoid(at) + slope(at) * (x - at);
  }

  if (typeof module === "object") {
    module.exports = { sigmoid: sigmoid, slope: slope, tangent: tangent };
    return;
  }

  const WIDTH = 480, HEIGHT = 205, X = 8, TOP = 1.15, BOTTOM = -0.15;
  const left = 28, right = WIDTH - 12, top = 8, bottom = HEIGHT - 28;

  function across(x) { return left + ((x + X) / (2 * X)) * (right - left); }
  function up(y) { return bottom - ((y - BOTTOM) / (TOP - BOTTOM)) * (bottom - top); }

  function curve(f) {
    const places = [];
    for (let x = -X; x <= X; x += 0.1) {
      places.push([across(x), up(f(x))]);
    }
    return shared.points(places);
  }

  shared.define("sigmoid", function (panel) {
    const svg = shared.svg, set = shared.set, n = shared.number;
    const at = panel.slider({ label: "x", min: -X, max: X, step: 0.1, value: 1 });
    const drawing = panel.drawing("The sigmoid, its tangent at x, and below them its slope", WIDTH, HEIGHT);

    [0, 0.25, 0.5, 1].forEach(function (y) {
      drawing.append(
        svg("line", { x1: left, x2: right, y1: up(y), y2: up(y), stroke: "var(--sa-grid)" }),
        svg("text", { x: left - 6, y: up(y) + 5, "text-anchor": "end" }, [y === 0.25 ? "\u00bc" : y === 0.5 ? "\u00bd" : String(y)])
      );
    });
    for (let x = -X; x <= X; x += 4) {
      drawing.append(svg("text", { x: across(x), y: HEIGHT - 6, "text-anchor": "middle" }, [n(x, 0)]));
    }

    const line = { fill: "none", "stroke-width": 3, "stroke-linejoin": "round" };
    const touching = svg("line", { stroke: "var(--sa-2)", "stroke-width": 2.5 });
    const here = svg("line", { stroke: "var(--sa-muted)", "stroke-dasharray": "3 4" });
    const point = svg("circle", { r: 6, fill: "var(--sa-1)" });
    const slopePoint = svg("circle", { r: 6, fill: "var(--sa-3)" });
    drawing.append(
      here,
      svg("polyline", Object.assign({ points: curve(slope), stroke: "var(--sa-3)" }, line)),
      svg("polyline", Object.assign({ points: curve(sigmoid), stroke: "var(--sa-1)" }, line)),
      touching, point, slopePoint,
      svg("text", { x: across(5.2), y: up(1.05), style: "fill: var(--sa-1)" }, ["\u03c3(x)"]),
      svg("text", { x: across(2.6), y: up(0.14), style: "fill: var(--sa-3)" }, ["\u03c3\u2032(x)"])
    );

    return function () {
      const x = at(), y = sigmoid(x), m = slope(x);
      // As far to both sides as the tangent stays inside the drawing.
      const reach = Math.min(2.5, 0.6 / Math.max(m, 1e-9));
      const from = Math.max(-X, x - reach), to = Math.min(X, x + reach);
      set(touching, { x1: across(from), y1: up(tangent(from, x)), x2: across(to), y2: up(tangent(to, x)) });
      set(here, { x1: across(x), x2: across(x), y1: up(y), y2: up(0) });
      set(point, { cx: across(x), cy: up(y) });
      set(slopePoint, { cx: across(x), cy: up(m) });
      panel.say(
        "\u03c3(" + n(x, 1) + ") = " + n(y, 4) + ". Slope there: " +
        n(y, 4) + " \u00d7 (1 \u2212 " + n(y, 4) + ") = " + n(m, 4) + "."
      );
    };
  });
})();
