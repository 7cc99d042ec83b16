// Gradient descent for two classes: the gap of two logits, and a single logit with settings of its own.
(function () {
  "use strict";

  const shared = typeof module === "object" ? require("./explorable.js") : explorable;
  const sigmoid = shared.sigmoid;

  // One feature each, and the class; no line separates the classes.
  const FEATURES = [-2, -1.5, -0.5, 0.5, 1, 2], LABELS = [0, 0, 1, 0, 1, 1];

  // The slope of the mean loss in the weight of the gap.
  function slope(weight) {
    const slopes = FEATURES.map(function (x, k) { return (sigmoid(weight * x) - LABELS[k]) * x; });
    return slopes.reduce(function (a, b) { return a + b; }) / FEATURES.length;
  }

  // The weight after 0, 1, …, `steps` steps.
  function oneLogit(rate, decay, steps) {
    const path = [0];
    for (let k = 0; k < steps; k += 1) {
      path.push(path[k] - rate * (slope(path[k]) + decay * path[k]));
    }
    return path;
  }

  // The difference of the two weights, each of which goes its own way.
  function twoLogits(rate, decay, steps) {
    const path = [0];
    let w0 = 0, w1 = 0;
    for (let k = 0; k < steps; k += 1) {
      const g = slope(w1 - w0);
      w0 -= rate * (-g + decay * w0);
      w1 -= rate * (g + decay * w1);
      path.push(w1 - w0);
    }
    return path;
  }

  if (typeof module === "object") {
    module.exports = { oneLogit: oneLogit, twoLogits: twoLogits };
    return;
  }

  const WIDTH = 480, HEIGHT = 270, STEPS = 40, TOP = 1.6;
  const left = 34, right = WIDTH - 14, top = 32, bottom = HEIGHT - 28;

  function across(step) { return left + (step / STEPS) * (right - left); }
  function up(weight) { return bottom - (Math.min(weight, TOP) / TOP) * (bottom - top); }

  function line(path) {
    return shared.points(path.map(function (weight, step) { return [across(step), up(weight)]; }));
  }

  function axes(drawing) {
    const svg = shared.svg;
    [0, 0.5, 1, 1.5].forEach(function (weight) {
      drawing.append(
        svg("line", { x1: left, x2: right, y1: up(weight), y2: up(weight), stroke: "var(--sa-grid)" }),
        svg("text", { x: left - 6, y: up(weight) + 5, "text-anchor": "end" }, [String(weight)])
      );
    });
    for (let step = 0; step <= STEPS; step += 10) {
      drawing.append(svg("text", { x: across(step), y: HEIGHT - 6, "text-anchor": "middle" }, [String(step)]));
    }
    drawing.append(
      svg("text", { x: 0, y: 18 }, ["weight"]),
      svg("text", { x: across(35), y: HEIGHT - 6, "text-anchor": "middle" }, ["step"])
    );
  }

  shared.define("two_logits", function (panel) {
    const svg = shared.svg, set = shared.set, n = shared.number;
    const rate = panel.slider({ label: "rate \u03b7", min: 0.1, max: 1, step: 0.1, value: 0.3 });
    const decay = panel.slider({ label: "decay \u03bb", min: 0, max: 0.3, step: 0.02, value: 0.1 });
    const factor = panel.slider({ label: "factor k", min: 0.5, max: 3, step: 0.5, value: 1 });
    const steps = panel.slider({ label: "steps", min: 0, max: STEPS, step: 1, value: 12 });
    panel.buttons([
      ["one step", function () { steps.move(steps() + 1); }],
      ["start again", function () { steps.move(0); }],
    ]);
    const drawing = panel.drawing("The weight over the steps: the gap of two logits, and one logit", WIDTH, HEIGHT);
    axes(drawing);
    const two = svg("polyline", { fill: "none", stroke: "var(--sa-1)", "stroke-width": 3 });
    const twoPoint = svg("circle", { r: 9, fill: "var(--sa-1)" });
    const one = svg("polyline", { fill: "none", stroke: "var(--sa-2)", "stroke-width": 4, "stroke-dasharray": "1 9", "stroke-linecap": "round" });
    const onePoint = svg("circle", { r: 5, fill: "var(--sa-2)", stroke: "var(--sa-paper)" });
    drawing.append(
      two, one, twoPoint, onePoint,
      svg("text", { x: right, y: up(0.32), "text-anchor": "end", style: "fill: var(--sa-1)" }, ["line: two logits, \u03b7 and \u03bb"]),
      svg("text", { x: right, y: up(0.12), "text-anchor": "end", style: "fill: var(--sa-2)" }, ["dots: one logit, k\u03b7 and \u03bb/k"])
    );

    return function () {
      const k = factor(), count = steps();
      const gaps = twoLogits(rate(), decay(), count), weights = oneLogit(k * rate(), decay() / k, count);
      set(two, { points: line(gaps) });
      set(one, { points: line(weights) });
      set(twoPoint, { cx: across(count), cy: up(gaps[count]) });
      set(onePoint, { cx: across(count), cy: up(weights[count]) });
      const together = gaps.every(function (gap, step) { return gap === weights[step]; });
      panel.say(
        "After " + count + (count === 1 ? " step" : " steps") + " at \u03b7 = " + n(rate(), 1) + ", \u03bb = " + n(decay(), 2) +
        ": two logits " + n(gaps[count], 4) + "; one logit at " + n(k, 1) + "\u03b7: " + n(weights[count], 4) + ". " +
        (together ? "Equal at every step, to the last bit." : "Not the same path.")
      );
    };
  });
})();
