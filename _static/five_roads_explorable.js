// One set of logits on five roads: each road has a premise that can be switched off.
(function () {
  "use strict";

  const shared = typeof module === "object" ? require("./explorable.js") : explorable;
  const softmax = shared.softmax;
  const GUMBEL_SD = Math.PI / Math.sqrt(6);

  function total(values) {
    return values.reduce(function (a, b) { return a + b; }, 0);
  }

  // All classes but the first are alike: 1 is the softmax, towards 0 they are twins.
  function nested(z, alike) {
    const rest = z.slice(1), top = Math.max(...rest);
    const sum = total(rest.map(function (zi) { return Math.exp((zi - top) / alike); }));
    const share = softmax([z[0], top + alike * Math.log(sum)], 1);
    return [share[0]].concat(softmax(rest, alike).map(function (si) { return share[1] * si; }));
  }

  // Gaussian classes whose distances give these logits; the last has v times the variance.
  function wider(z, v) {
    const top = Math.max(...z), last = z.length - 1;
    return softmax(z.map(function (zi, k) {
      return k < last ? zi : top + (zi - top) / v - Math.log(v) / 2;
    }), 1);
  }

  // The normal distribution function by its series, or far out by a continued fraction.
  function normalBelow(x) {
    const t = Math.abs(x), density = Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI);
    let upper;
    if (t < 4) {
      let term = t, sum = t;
      for (let k = 3; k < 140; k += 2) {
        term *= t * t / k;
        sum += term;
      }
      upper = 0.5 - density * sum;
    } else {
      let fraction = t;
      for (let k = 60; k > 0; k -= 1) {
        fraction = t + k / fraction;
      }
      upper = density / fraction;
    }
    return x < 0 ? upper : 1 - upper;
  }

  // The chance of being the largest, with Gaussian noise as wide as Gumbel's.
  function probit(z) {
    const step = 0.05;
    return z.map(function (zi, i) {
      let sum = 0;
      for (let x = -9; x < 9; x += step) {
        sum += z.reduce(function (product, zk, k) {
          return k === i ? product : product * normalBelow(x + (zi - zk) / GUMBEL_SD);
        }, Math.exp(-x * x / 2));
      }
      return sum * step / Math.sqrt(2 * Math.PI);
    });
  }

  // Nothing is known of the classes.
  function uniform(z) {
    return z.map(function () { return 1 / z.length; });
  }

  // The nearest point of the simplex: a threshold is taken off, and what falls below 0 is cut.
  function sparsemax(z) {
    const sorted = z.slice().sort(function (a, b) { return b - a; });
    let sum = -1, threshold = 0;
    sorted.forEach(function (zi, k) {
      sum += zi;
      if (zi > sum / (k + 1)) { threshold = sum / (k + 1); }
    });
    return z.map(function (zi) { return Math.max(zi - threshold, 0); });
  }

  // Between the two: the threshold is found by halving, and what stays above it takes a power.
  function entmax(z, alpha) {
    if (alpha === 1) { return softmax(z, 1); }
    if (alpha === 2) { return sparsemax(z); }
    const top = Math.max(...z);
    let low = -1, high = 0, p = z;
    for (let round = 0; round < 60; round += 1) {
      const threshold = (low + high) / 2;
      p = z.map(function (zi) {
        return Math.pow(Math.max((alpha - 1) * (zi - top) - threshold, 0), 1 / (alpha - 1));
      });
      if (total(p) > 1) { low = threshold; } else { high = threshold; }
    }
    const sum = total(p);
    return p.map(function (pi) { return pi / sum; });
  }

  if (typeof module === "object") {
    module.exports = { nested: nested, wider: wider, probit: probit, sparsemax: sparsemax, entmax: entmax };
    return;
  }

  const ROADS = [
    ["choice", "1 and 2 are alike", function (z) { return nested(z, 0.5); }],
    ["Bayes", "2 spreads wider", function (z) { return wider(z, 4); }],
    ["noise", "Gaussian noise", probit],
    ["entropy", "nothing is known", uniform],
    ["argmax", "another bonus", entmax],
  ];
  const BELOW = ["\u2080", "\u2081", "\u2082"];
  const WIDTH = 220, HEIGHT = 120, BASE = HEIGHT - 26, UNIT = 72;

  // Grey bars of the softmax, and before them those of the road.
  function bars(drawing) {
    const svg = shared.svg, set = shared.set;
    const parts = BELOW.map(function (_, i) {
      const x = 10 + i * 70;
      const ghost = svg("rect", { x: x, width: 60, fill: "var(--sa-muted)", "fill-opacity": 0.3 });
      const bar = svg("rect", { x: x + 10, width: 40 });
      const value = svg("text", { x: x + 30, "text-anchor": "middle" });
      const foot = svg("text", { x: x + 30, y: HEIGHT - 6, "text-anchor": "middle" }, ["class " + i]);
      drawing.append(ghost, bar, value, foot);
      return { ghost: ghost, bar: bar, value: value };
    });
    drawing.append(svg("line", { x1: 0, x2: WIDTH, y1: BASE, y2: BASE, stroke: "var(--sa-muted)" }));
    return function (s, p, fill) {
      parts.forEach(function (part, i) {
        set(part.ghost, { y: BASE - s[i] * UNIT, height: s[i] * UNIT });
        set(part.bar, { y: BASE - p[i] * UNIT, height: p[i] * UNIT, fill: fill });
        set(part.value, { y: BASE - Math.max(p[i], s[i]) * UNIT - 5 });
        part.value.textContent = shared.number(p[i], 3);
      });
    };
  }

  shared.define("five_roads", function (panel) {
    const logits = [2, 1, 0].map(function (value, i) {
      return panel.slider({ label: "logit z" + BELOW[i], min: -4, max: 4, step: 0.1, value: value });
    });
    const kept = ROADS.map(function (road) {
      const read = panel.choice(road[0], ["premise kept", road[1]]);
      return { read: read, select: panel.controls.lastElementChild.querySelector("select") };
    });

    const alpha = panel.slider({ label: "\u03b1 of that bonus", min: 1, max: 3, step: 0.1, value: 2 });

    function all(index) {
      kept.forEach(function (road) { road.select.selectedIndex = index; });
      panel.place.dispatchEvent(new Event("input", { bubbles: true }));
    }

    panel.buttons([
      ["keep all premises", function () { all(0); }],
      ["drop all premises", function () { all(1); }],
    ]);
    kept.forEach(function (road) { road.select.selectedIndex = 1; });
    const draw = ROADS.map(function (road) {
      return bars(panel.drawing("Bars of the probabilities by " + road[0], WIDTH, HEIGHT, road[0]));
    });

    return function () {
      const z = logits.map(function (read) { return read(); });
      const s = softmax(z, 1), left = [];
      ROADS.forEach(function (road, r) {
        const leaves = kept[r].read() === 1, p = leaves ? road[2](z, alpha()) : s;
        draw[r](s, p, leaves ? "var(--sa-2)" : "var(--sa-1)");
        if (leaves) {
          const name = road[2] === entmax ? road[0] + ", \u03b1 = " + shared.number(alpha(), 1) : road[0];
          left.push(name + " (" + p.map(function (pi) { return shared.number(pi, 3); }).join(", ") + ")");
        }
      });
      const softmaxIs = "(" + s.map(function (si) { return shared.number(si, 3); }).join(", ") + ")";
      panel.say(left.length
        ? "The softmax is " + softmaxIs + ". Without its premise: " + left.join("; ") + "."
        : "All five roads lead to " + softmaxIs + ". Drop a premise, and see.");
    };
  });
})();
