// A threshold, the costs of both mistakes, and reports that may boast: what a decision costs.
(function () {
  "use strict";

  const shared = typeof module === "object" ? require("./explorable.js") : explorable;

  // From which honest chance on one should act, if a miss costs `ratio` false alarms.
  function implied(ratio) {
    return 1 / (1 + ratio);
  }

  // The true chance behind a report whose logit is `boast` times too large.
  function behind(report, boast) {
    return shared.sigmoid(Math.log(report / (1 - report)) / boast);
  }

  // In false alarms, if every true chance is as frequent as every other.
  function meanCost(bar, ratio, boast) {
    const p = behind(bar, boast);
    return (ratio * p * p + (1 - p) * (1 - p)) / 2;
  }

  // Without a model: always act, or never.
  function blind(ratio) {
    return Math.min(ratio, 1) / 2;
  }

  if (typeof module === "object") {
    module.exports = { behind: behind, blind: blind, implied: implied, meanCost: meanCost };
    return;
  }

  const WIDTH = 480, HEIGHT = 220, TOP = 2.2;
  const left = 34, right = WIDTH - 14, top = 34, bottom = HEIGHT - 28;

  function across(bar) { return left + bar * (right - left); }
  function up(cost) { return bottom - (Math.min(cost, TOP) / TOP) * (bottom - top); }

  function line(ratio, boast) {
    const places = [];
    for (let bar = 0.005; bar < 1; bar += 0.005) {
      const cost = meanCost(bar, ratio, boast) / blind(ratio);
      if (cost <= TOP) { places.push([across(bar), up(cost)]); }  // one piece: it has one valley
    }
    return shared.points(places);
  }

  function axes(drawing) {
    const svg = shared.svg;
    [0, 0.5, 1, 1.5, 2].forEach(function (cost) {
      const stroke = cost === 1 ? "var(--sa-muted)" : "var(--sa-grid)";
      drawing.append(
        svg("line", { x1: left, x2: right, y1: up(cost), y2: up(cost), stroke: stroke }),
        svg("text", { x: left - 6, y: up(cost) + 5, "text-anchor": "end" }, [String(cost)])
      );
    });
    [0, 0.25, 0.5].forEach(function (bar) {
      drawing.append(svg("text", { x: across(bar), y: HEIGHT - 6, "text-anchor": "middle" }, [String(bar)]));
    });
    drawing.append(
      svg("text", { x: 0, y: 18 }, ["cost; 1 is without a model"]),
      svg("text", { x: right, y: HEIGHT - 6, "text-anchor": "end" }, ["act from here on"])
    );
  }

  shared.define("costs", function (panel) {
    const svg = shared.svg, set = shared.set, n = shared.number;
    const power = function (exponent) { return Math.pow(3, exponent); };
    const ratio = panel.slider({ label: "a miss costs", min: -3, max: 3, step: 0.25, value: 2, of: power, digits: 2 });
    const boast = panel.slider({ label: "boast", min: -1, max: 1.5, step: 0.25, value: 0, of: power, digits: 2 });
    const bar = panel.slider({ label: "act from", min: 0.01, max: 0.99, step: 0.01, value: 0.3 });
    panel.buttons([
      ["act as the costs say", function () { bar.move(implied(ratio()).toFixed(2)); }],
      ["be honest", function () { boast.move(0); }],
    ]);
    const drawing = panel.drawing("The mean cost over the threshold, for honest and for other reports", WIDTH, HEIGHT);
    axes(drawing);
    const says = svg("line", { y1: top, y2: bottom, stroke: "var(--sa-muted)", "stroke-dasharray": "2 5", "stroke-width": 2 });
    const honest = svg("polyline", { fill: "none", stroke: "var(--sa-2)", "stroke-width": 3, "stroke-dasharray": "7 5" });
    const own = svg("polyline", { fill: "none", stroke: "var(--sa-1)", "stroke-width": 3 });
    const dot = svg("circle", { r: 8, fill: "var(--sa-1)" });
    const name = svg("text", { x: right, y: 18, "text-anchor": "end", style: "fill: var(--sa-2)" }, ["dashed: honest"]);
    drawing.append(says, honest, own, dot, name);

    return function () {
      const m = ratio(), k = boast(), at = bar(), least = implied(m);
      const cost = meanCost(at, m, k) / blind(m);
      set(says, { x1: across(least), x2: across(least) });
      set(honest, { points: line(m, 1) });
      set(name, { visibility: k === 1 ? "hidden" : "visible" });  // then it lies under the own one
      set(own, { points: line(m, k) });
      set(dot, { cx: across(at), cy: up(cost), "fill-opacity": cost > TOP ? 0.3 : 1 });
      panel.say(
        "A miss costs " + n(m, 2) + " false alarms, so act from " + n(least, 2) + " on. From " + n(at, 2) +
        " on the mean cost is " + n(cost, 2) + " times that of no model; the least is " + n(m / (1 + m) / (2 * blind(m)), 2) + ". " +
        (k === 1 ? "" : "A report of " + n(at, 2) + " means a chance of " + n(behind(at, k), 2) + ".")
      );
    };
  });
})();
