// One query, four keys that can be moved, a temperature and a mask: what is read from the values.
(function () {
  "use strict";

  const shared = typeof module === "object" ? require("./explorable.js") : explorable;

  function dot(a, b) {
    return a[0] * b[0] + a[1] * b[1];
  }

  // The softmax of the scores of the keys in sight; all 0 where there is none.
  function weights(query, keys, temperature, sight) {
    const seen = keys.filter(function (_, k) { return sight[k]; });
    const p = seen.length ? shared.softmax(seen.map(function (key) { return dot(query, key); }), temperature) : [];
    return sight.map(function (inSight) { return inSight ? p.shift() : 0; });
  }

  // The mean of the values under the weights.
  function read(p, values) {
    return p.reduce(function (sum, pk, k) { return sum + pk * values[k]; }, 0);
  }

  if (typeof module === "object") {
    module.exports = { weights: weights, read: read };
    return;
  }

  const VALUES = [1, 2, 3, 4], SIDE = 260, REACH = 2.4;
  const SIGHTS = [[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]];
  const NAMES = ["query", "key 1", "key 2", "key 3", "key 4"];
  const BARS = 220, BASE = 196, UNIT = 150;

  function across(x) { return SIDE / 2 + (x / REACH) * (SIDE / 2); }
  function up(y) { return SIDE / 2 - (y / REACH) * (SIDE / 2); }

  shared.define("attention", function (panel) {
    const svg = shared.svg, set = shared.set, n = shared.number;
    const places = [[1.2, 0.8], [1.8, 1], [0.4, 1.7], [-1.5, 0.6], [0.6, -1.6]];
    panel.choice("move", NAMES);
    const select = panel.controls.lastElementChild.querySelector("select");
    const x = panel.slider({ label: "to the right", min: -2, max: 2, step: 0.1, value: places[0][0] });
    const y = panel.slider({ label: "upwards", min: -2, max: 2, step: 0.1, value: places[0][1] });
    const temperature = panel.slider({
      label: "temperature", min: -1, max: 1, step: 0.05, value: 0.15, digits: 2,
      of: function (power) { return Math.pow(10, power); },
    });
    const mask = panel.choice("in sight", ["all keys", "keys 1 and 2", "keys 3 and 4", "no key"]);

    const plane = panel.drawing("The query and the keys as points of a plane", SIDE, SIDE, "the query and its keys");
    plane.append(
      svg("line", { x1: 0, x2: SIDE, y1: up(0), y2: up(0), stroke: "var(--sa-grid)" }),
      svg("line", { x1: across(0), x2: across(0), y1: 0, y2: SIDE, stroke: "var(--sa-grid)" })
    );
    const arrow = svg("line", { x1: across(0), y1: up(0), stroke: "var(--sa-2)", "stroke-width": 4 });
    plane.append(arrow);
    const points = places.map(function (_, k) {
      const point = svg("circle", { fill: k ? "var(--sa-1)" : "var(--sa-2)" });
      const name = svg("text", { "text-anchor": "middle" }, [k ? String(k) : "q"]);
      // A finger is wider than a point, and elsewhere on the drawing it scrolls the page.
      const hold = svg("circle", { r: 20, fill: "transparent", style: "cursor: grab; touch-action: none" });
      plane.append(point, name, hold);
      return { point: point, name: name, hold: hold };
    });

    const bars = panel.drawing("The weights of the four keys", BARS, SIDE, "how much of each is read");
    const columns = VALUES.map(function (value, k) {
      const left = 10 + k * 54;
      const bar = svg("rect", { x: left, width: 40, fill: "var(--sa-1)" });
      const share = svg("text", { x: left + 20, "text-anchor": "middle" });
      bars.append(
        bar, share,
        svg("text", { x: left + 20, y: BASE + 20, "text-anchor": "middle" }, ["key " + (k + 1)]),
        svg("text", { x: left + 20, y: BASE + 44, "text-anchor": "middle" }, ["v = " + value])
      );
      return { bar: bar, share: share };
    });
    bars.append(svg("line", { x1: 0, x2: BARS, y1: BASE, y2: BASE, stroke: "var(--sa-muted)" }));

    // The chosen point brings the sliders with it; while they come, none is held.
    let held = 0;
    function choose(index) {
      held = -1;
      select.selectedIndex = index;
      const place = places[index];
      x.move(place[0]);
      y.move(place[1]);
      held = index;
    }
    select.addEventListener("input", function () { choose(select.selectedIndex); });

    function under(event) {
      const box = plane.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width * 2 - 1) * REACH, (1 - (event.clientY - box.top) / box.height * 2) * REACH];
    }
    points.forEach(function (each, k) {
      each.hold.addEventListener("pointerdown", function (event) {
        choose(k);
        each.hold.setPointerCapture(event.pointerId);
      });
      each.hold.addEventListener("pointermove", function (event) {
        if (each.hold.hasPointerCapture(event.pointerId)) {
          const at = under(event);
          x.move(at[0]);
          y.move(at[1]);
        }
      });
    });

    return function () {
      if (held >= 0) { places[held] = [x(), y()]; }
      const sight = SIGHTS[mask()], T = temperature();
      const p = weights(places[0], places.slice(1), T, sight), output = read(p, VALUES);
      set(arrow, { x2: across(places[0][0]), y2: up(places[0][1]) });
      points.forEach(function (each, k) {
        const at = places[k], share = k ? p[k - 1] : 0;
        set(each.point, { cx: across(at[0]), cy: up(at[1]), r: k ? 5 + 13 * Math.sqrt(share) : 6, "fill-opacity": !k || sight[k - 1] ? 0.8 : 0.2 });
        set(each.hold, { cx: across(at[0]), cy: up(at[1]) });
        set(each.name, { x: across(at[0]), y: up(at[1]) - (k ? 9 + 13 * Math.sqrt(share) : 11) });
      });
      columns.forEach(function (column, k) {
        set(column.bar, { y: BASE - p[k] * UNIT, height: p[k] * UNIT });
        set(column.share, { y: BASE - p[k] * UNIT - 6 });
        column.share.textContent = n(p[k], 2);
      });
      panel.say(
        sight.some(Boolean)
          ? "At temperature " + n(T, 2) + " the query reads " + n(output, 2) + ", a mean of the values in sight."
          : "No key is in sight: the weights are 0, and so is what is read."
      );
    };
  });
})();
