// Three logits as a point in the triangle of all distributions, and the path that it takes from
// hot to cold.
(function () {
  "use strict";

  const shared = typeof module === "object" ? require("./explorable.js") : explorable;
  const softmax = shared.softmax;

  // Where a distribution lies in a triangle of side 1 whose classes 0, 1, 2 are left, right and top.
  function place(s) {
    return [s[1] + s[2] / 2, (s[2] * Math.sqrt(3)) / 2];
  }

  // The softmax as the temperature goes to 0: the largest logits share.
  function coldest(z) {
    const top = Math.max(...z);
    const count = z.filter(function (zi) { return zi === top; }).length;
    return z.map(function (zi) { return zi === top ? 1 / count : 0; });
  }

  if (typeof module === "object") {
    module.exports = { place: place, coldest: coldest };
    return;
  }

  const WIDTH = 480, HEIGHT = 330, SIDE = 320, HOTTEST = 3, COLDEST = -1.5;
  const left = (WIDTH - SIDE) / 2, base = HEIGHT - 26;
  const BELOW = ["\u2080", "\u2081", "\u2082"];

  function onDrawing(s) {
    const at = place(s);
    return [left + at[0] * SIDE, base - at[1] * SIDE];
  }

  // The edges, and the lines on which a class has a quarter, a half and three quarters.
  function triangle(drawing) {
    const svg = shared.svg, corners = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    [0.25, 0.5, 0.75].forEach(function (share) {
      corners.forEach(function (_, k) {
        const ends = [1, 2].map(function (other) {
          const s = [0, 0, 0];
          s[k] = share;
          s[(k + other) % 3] = 1 - share;
          return onDrawing(s);
        });
        drawing.append(svg("polyline", { points: shared.points(ends), stroke: "var(--sa-grid)" }));
      });
    });
    const edges = { points: shared.points(corners.map(onDrawing)), fill: "none", stroke: "var(--sa-muted)" };
    drawing.append(
      svg("polygon", edges),
      svg("text", { x: left, y: HEIGHT - 4, "text-anchor": "middle" }, ["class 0"]),
      svg("text", { x: left + SIDE, y: HEIGHT - 4, "text-anchor": "middle" }, ["class 1"]),
      svg("text", { x: WIDTH / 2, y: 18, "text-anchor": "middle" }, ["class 2"])
    );
  }

  function goal(z) {
    const winners = [0, 1, 2].filter(function (k) { return coldest(z)[k] > 0; });
    if (winners.length === 1) {
      return "Cooled, it goes to the corner of class " + winners[0] + ".";
    }
    return winners.length === 2
      ? "Cooled, it goes to the middle between classes " + winners.join(" and ") + ": a tie."
      : "Three equal logits: the centre, at every temperature.";
  }

  shared.define("simplex", function (panel) {
    const svg = shared.svg, set = shared.set, n = shared.number;
    const logits = [2, 1.9, 0].map(function (value, k) {
      return panel.slider({ label: "logit z" + BELOW[k], min: -3, max: 3, step: 0.1, value: value });
    });
    const temperature = panel.slider({
      label: "temperature", min: COLDEST, max: HOTTEST - 1.5, step: 0.05, value: 0, digits: 2,
      of: function (power) { return Math.pow(10, power); },
    });
    const drawing = panel.drawing("The distribution as a point in a triangle, and its path from hot to cold", WIDTH, HEIGHT);
    triangle(drawing);
    const path = svg("polyline", { fill: "none", stroke: "var(--sa-1)", "stroke-width": 3, "stroke-linejoin": "round" });
    const point = svg("circle", { r: 8, fill: "var(--sa-2)" });
    drawing.append(path, point);

    return function () {
      const z = logits.map(function (read) { return read(); });
      const T = temperature(), s = softmax(z, T), at = onDrawing(s);
      const places = [onDrawing([1 / 3, 1 / 3, 1 / 3])];
      for (let power = HOTTEST; power >= COLDEST; power -= 0.03) {
        places.push(onDrawing(softmax(z, Math.pow(10, power))));
      }
      places.push(onDrawing(coldest(z)));
      set(path, { points: shared.points(places) });
      set(point, { cx: at[0], cy: at[1] });
      const shown = s.map(function (si) { return n(si, 3); }).join(", ");
      panel.say("At temperature " + n(T, 2) + " the softmax is (" + shown + "). " + goal(z));
    };
  });
})();
