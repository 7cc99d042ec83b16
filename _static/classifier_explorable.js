// Three arrows, dragged or trained, that tell eighteen penguins apart by their bills.
(function () {
  "use strict";

  const shared = typeof module === "object" ? require("./explorable.js") : explorable;

  // Length and depth in millimetres, six of each species: chapters/data/penguins.csv.
  const BILLS = [
    [[39.1, 18.7], [39.5, 17.4], [40.3, 18], [36.7, 19.3], [39.3, 20.6], [38.9, 17.8]],
    [[46.5, 17.9], [50, 19.5], [51.3, 19.2], [45.4, 18.7], [52.7, 19.8], [45.2, 17.8]],
    [[46.1, 13.2], [50, 16.3], [48.7, 14.1], [50, 15.2], [47.6, 14.5], [46.5, 13.5]],
  ];
  const LABELS = BILLS.flatMap(function (bills, k) { return bills.map(function () { return k; }); });
  const POINTS = BILLS.flat().map(function (bill) { return [(bill[0] - 45) / 5, (bill[1] - 17) / 2]; });

  function bills() { return BILLS; }
  function points() { return POINTS; }

  function start() {
    return { arrows: [[1, 0], [0, -1], [-1, 0]], biases: [0, 0, 0] };
  }

  function logits(model, x) {
    return model.arrows.map(function (w, k) { return w[0] * x[0] + w[1] * x[1] + model.biases[k]; });
  }

  // The others' weight against the true class's: near 0 it keeps its digits.
  function loss(model, x, y) {
    const z = logits(model, x);
    return Math.log1p(z.reduce(function (sum, zk, k) { return k === y ? sum : sum + Math.exp(zk - z[y]); }, 0));
  }

  // A tie decides nothing: whoever stands on a border is not in its region.
  function inside(model, x, y) {
    const z = logits(model, x);
    return z.every(function (zk, k) { return k === y || zk < z[y]; });
  }

  function error(model, x, y) {
    return shared.softmax(logits(model, x), 1).map(function (s, k) { return k === y ? s - 1 : s; });
  }

  function mean(chosen, value) {
    return chosen.reduce(function (sum, r) { return sum + value(r); }, 0) / chosen.length;
  }

  function meanLoss(model, chosen) {
    return mean(chosen, function (r) { return loss(model, POINTS[r], LABELS[r]); });
  }

  // Down the mean of (s - t) times the point, over the chosen ones.
  function step(model, chosen, rate) {
    const errors = LABELS.map(function (y, r) { return error(model, POINTS[r], y); });
    function down(from, k, input) {
      return from - rate * mean(chosen, function (r) { return errors[r][k] * input(POINTS[r]); });
    }
    return {
      arrows: model.arrows.map(function (w, k) {
        return w.map(function (wq, q) { return down(wq, k, function (x) { return x[q]; }); });
      }),
      biases: model.biases.map(function (b, k) { return down(b, k, function () { return 1; }); }),
    };
  }

  // The part of a polygon where a linear function of the place is not negative.
  function cut(polygon, f) {
    return polygon.flatMap(function (p, r) {
      const q = polygon[(r + 1) % polygon.length], a = f(p), b = f(q), share = a / (a - b);
      const kept = a >= 0 ? [p] : [];
      return a >= 0 === b >= 0 ? kept : kept.concat([[p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])]]);
    });
  }

  // Where in the polygon no other class has a larger logit.
  function region(model, k, polygon) {
    return model.arrows.reduce(function (left, _, other) {
      return other === k ? left : cut(left, function (x) {
        const z = logits(model, x);
        return z[k] - z[other];
      });
    }, polygon);
  }

  if (typeof module === "object") {
    module.exports = {
      bills: bills, points: points, start: start, logits: logits, loss: loss, inside: inside, error: error,
      meanLoss: meanLoss, step: step, region: region,
    };
    return;
  }

  const NAMES = ["Adelie", "chinstrap", "Gentoo"], LETTERS = ["A", "C", "G"];
  const FILLS = ["var(--sa-1)", "var(--sa-2)", "var(--sa-3)"];
  const SIDE = 420, REACH = 2.3, CELLS = 46, MANY = 100;
  const SCALE = 0.75, INSIDE = REACH - 0.15;  // of the arrows, which shrink where they would leave
  const LEVELS = [0.6, 0.8, 0.95];
  const BOX = [[-REACH, -REACH], [REACH, -REACH], [REACH, REACH], [-REACH, REACH]];
  const ALL = LABELS.map(function (_, r) { return r; });
  const TRACK = 230;

  function across(x) { return SIDE / 2 + (x / REACH) * (SIDE / 2); }
  function up(y) { return SIDE / 2 - (y / REACH) * (SIDE / 2); }
  function place(x) { return [across(x[0]), up(x[1])]; }

  // Where a value on a grid reaches a level, as one path: full cells in runs, others in part.
  function contour(values, level) {
    const unit = SIDE / CELLS;
    function piece(corners) {
      return "M" + corners.map(function (c) { return (c[0] * unit).toFixed(1) + " " + (c[1] * unit).toFixed(1); }).join("L") + "Z";
    }
    let path = "";
    for (let row = 0; row < CELLS; row += 1) {
      const above = values[row], below = values[row + 1];
      for (let column = 0; column < CELLS; column += 1) {
        const first = column;
        while (column < CELLS && Math.min(above[column], above[column + 1], below[column], below[column + 1]) >= level) { column += 1; }
        if (column > first) { path += piece([[first, row], [column, row], [column, row + 1], [first, row + 1]]); }
        if (column < CELLS && Math.max(above[column], above[column + 1], below[column], below[column + 1]) >= level) {
          const square = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]];
          path += piece(cut(square, function (c) { return values[c[1]][c[0]] - level; }));
        }
      }
    }
    return path;
  }

  // A circle, a square and a triangle.
  function mark(k, at, r) {
    const x = at[0], y = at[1], svg = shared.svg;
    if (k === 0) { return svg("circle", { cx: x, cy: y, r: r }); }
    if (k === 1) { return svg("rect", { x: x - 0.9 * r, y: y - 0.9 * r, width: 1.8 * r, height: 1.8 * r }); }
    return svg("polygon", { points: shared.points([[x, y - 1.2 * r], [x + 1.15 * r, y + 0.85 * r], [x - 1.15 * r, y + 0.85 * r]]) });
  }

  // A line with a head at its end and paper around it; it vanishes where it has no length.
  function pointer(parent, width) {
    const casing = shared.svg("line", { "stroke-width": width + 3, stroke: "var(--sa-paper)" });
    const shaft = shared.svg("line", { "stroke-width": width, stroke: "var(--sa-ink)" });
    const head = shared.svg("polygon", { fill: "var(--sa-ink)", stroke: "var(--sa-paper)", "stroke-width": 3, "paint-order": "stroke" });
    parent.append(casing, head, shaft);
    return function (from, to) {
      const far = Math.hypot(to[0] - from[0], to[1] - from[1]), size = Math.min(far, 4 * width);
      const u = far ? [(to[0] - from[0]) / far, (to[1] - from[1]) / far] : [0, 0];
      const neck = [to[0] - size * u[0], to[1] - size * u[1]];
      [casing, shaft].forEach(function (line) {
        shared.set(line, { x1: from[0], y1: from[1], x2: neck[0], y2: neck[1], visibility: far ? "visible" : "hidden" });
      });
      shared.set(head, {
        visibility: far > 1 ? "visible" : "hidden",
        points: shared.points([to, [neck[0] - 0.55 * size * u[1], neck[1] + 0.55 * size * u[0]], [neck[0] + 0.55 * size * u[1], neck[1] - 0.55 * size * u[0]]]),
      });
    };
  }

  // The plane of the bills; returns what draws a model on it.
  function plane(drawing, take, touch) {
    const svg = shared.svg, set = shared.set;
    const shades = FILLS.map(function (fill) {
      const base = svg("polygon", { fill: fill, "fill-opacity": 0.13 });
      const bands = LEVELS.map(function () { return svg("path", { fill: fill, "fill-opacity": 0.13 }); });
      drawing.append(base, ...bands);
      return { base: base, bands: bands };
    });
    const borders = FILLS.map(function () {
      const border = svg("polygon", { fill: "none", stroke: "var(--sa-ink)", "stroke-width": 1.2, "stroke-opacity": 0.55 });
      drawing.append(border);
      return border;
    });
    [40, 45, 50].forEach(function (length) {
      const x = across((length - 45) / 5);
      drawing.append(
        svg("line", { x1: x, x2: x, y1: SIDE - 6, y2: SIDE, stroke: "var(--sa-ink)" }),
        svg("text", { x: x, y: SIDE - 9, "text-anchor": "middle" }, [length + (length === 40 ? " mm long" : "")])
      );
    });
    [15, 17, 19].forEach(function (depth) {
      const y = up((depth - 17) / 2);
      drawing.append(
        svg("line", { x1: 0, x2: 6, y1: y, y2: y, stroke: "var(--sa-ink)" }),
        svg("text", { x: 9, y: y + 4 }, [depth + (depth === 15 ? " mm deep" : "")])
      );
    });
    const ring = svg("circle", { r: 15, fill: "none", stroke: "var(--sa-ink)", "stroke-width": 2 });
    drawing.append(ring);
    const marks = POINTS.map(function (x, r) {
      const each = mark(LABELS[r], place(x), 6.5);
      drawing.append(each);
      return each;
    });
    const handles = FILLS.map(function (fill, k) {
      const group = svg("g", {});
      const casing = svg("line", { x1: across(0), y1: up(0), stroke: "var(--sa-paper)", "stroke-width": 7 });
      const line = svg("line", { x1: across(0), y1: up(0), stroke: fill, "stroke-width": 4 });
      const knob = svg("g", { style: "cursor: grab; touch-action: none" }, [
        svg("circle", { r: 24, fill: "transparent" }),
        svg("circle", { r: 12, fill: fill, stroke: "var(--sa-paper)", "stroke-width": 2 }),
        svg("text", { "text-anchor": "middle", y: 5, style: "fill: var(--sa-paper); font-size: 15px; font-weight: 700" }, [LETTERS[k]]),
      ]);
      group.append(casing, line);
      drawing.append(group);
      return { casing: casing, line: line, knob: knob };
    });
    const moves = FILLS.map(function () {
      return pointer(drawing, 2.5);
    });
    drawing.append(...handles.map(function (handle) { return handle.knob; }));

    let scale = SCALE, dragged = false;
    function under(event) {
      const box = drawing.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width * 2 - 1) * REACH, (1 - (event.clientY - box.top) / box.height * 2) * REACH];
    }
    handles.forEach(function (handle, k) {
      handle.knob.addEventListener("pointerdown", function (event) {
        event.preventDefault();
        event.stopPropagation();
        handle.knob.setPointerCapture(event.pointerId);
        dragged = true;
        take(k);
      });
      handle.knob.addEventListener("lostpointercapture", function () { dragged = false; });
      handle.knob.addEventListener("click", function (event) { event.stopPropagation(); });
      handle.knob.addEventListener("pointermove", function (event) {
        if (handle.knob.hasPointerCapture(event.pointerId)) {
          take(k, under(event).map(function (value) {
            return Math.max(-INSIDE, Math.min(INSIDE, value)) / scale;
          }));
        }
      });
    });
    drawing.addEventListener("click", function (event) {
      const at = under(event);
      const far = POINTS.map(function (x) { return Math.hypot(x[0] - at[0], x[1] - at[1]); });
      if (Math.min(...far) < 0.3) { touch(far.indexOf(Math.min(...far))); }
    });

    return function (model, next, touched) {
      const grid = [];
      for (let row = 0; row <= CELLS; row += 1) {
        grid.push([]);
        for (let column = 0; column <= CELLS; column += 1) {
          grid[row].push(shared.softmax(logits(model, [(2 * column / CELLS - 1) * REACH, (1 - 2 * row / CELLS) * REACH]), 1));
        }
      }
      shades.forEach(function (shade, k) {
        const own = shared.points(region(model, k, BOX).map(place));
        const values = grid.map(function (line) { return line.map(function (s) { return s[k]; }); });
        set(shade.base, { points: own });
        set(borders[k], { points: own });
        shade.bands.forEach(function (band, level) { set(band, { d: contour(values, LEVELS[level]) }); });
      });
      const longest = Math.max(...model.arrows.flat().map(Math.abs));
      if (!dragged) { scale = Math.min(SCALE, INSIDE / longest); }
      handles.forEach(function (handle, k) {
        const tip = place(model.arrows[k].map(function (value) { return value * scale; }));
        const then = place(next.arrows[k].map(function (value) { return value * scale; }));
        set(handle.casing, { x2: tip[0], y2: tip[1] });
        set(handle.line, { x2: tip[0], y2: tip[1] });
        handle.knob.setAttribute("transform", "translate(" + tip[0].toFixed(2) + " " + tip[1].toFixed(2) + ")");
        moves[k](tip, then);
      });
      marks.forEach(function (each, r) {
        const k = LABELS[r], right = inside(model, POINTS[r], k);
        const fill = right ? FILLS[k] : "var(--sa-paper)", stroke = right ? "var(--sa-paper)" : FILLS[k];
        set(each, { fill: fill, stroke: stroke, "stroke-width": right ? "1" : "2.5" });
      });
      set(ring, { cx: across(POINTS[touched][0]), cy: up(POINTS[touched][1]) });
    };
  }

  // Of one penguin: its three logits and probabilities, and from each an arrow to what is true.
  function opinions(drawing) {
    const svg = shared.svg, set = shared.set, n = shared.number;
    const rows = NAMES.map(function (name, k) {
      const top = 10 + k * 92;
      const score = svg("text", { x: TRACK, y: top + 6, "text-anchor": "end" });
      const bar = svg("rect", { x: 0, y: top + 15, height: 18, fill: FILLS[k] });
      const share = svg("text", { x: 0, y: top + 66 });
      const gap = svg("text", { x: TRACK, y: top + 66, "text-anchor": "end" });
      const sign = mark(k, [8, top + 1], 6);
      sign.setAttribute("fill", FILLS[k]);
      drawing.append(
        sign, svg("text", { x: 22, y: top + 6, style: "font-weight: 600" }, [name]), score,
        svg("rect", { x: 0, y: top + 15, width: TRACK, height: 18, fill: "var(--sa-grid)" }), bar, share, gap
      );
      return { score: score, bar: bar, share: share, gap: gap, arrow: pointer(drawing, 2.5), y: top + 43 };
    });
    return function (z, s, y) {
      rows.forEach(function (row, k) {
        row.score.textContent = "logit " + n(z[k], 2);
        row.share.textContent = "probability " + n(s[k], 3);
        row.gap.textContent = "s \u2212 t = " + n(s[k] - (k === y ? 1 : 0), 3);
        set(row.bar, { width: s[k] * TRACK });
        row.arrow([s[k] * TRACK, row.y], [k === y ? TRACK : 0, row.y]);
      });
    };
  }

  shared.define("classifier", function (panel) {
    const n = shared.number;
    let model = start(), taken = 0, run = 0, idle = true, syncing = false;

    panel.buttons([
      ["one step", function () { run += 1; advance(1); }],
      ["many steps", function () { run += 1; advance(MANY); }],
      ["start again", function () { run += 1; idle = true; model = start(); taken = 0; changed(); }],
    ]);
    const buttons = panel.controls.lastElementChild;
    const rate = panel.slider({ label: "learning rate", min: 0.05, max: 5, step: 0.05, value: 1 });
    const scope = panel.choice("a step looks at", ["all penguins", "the touched one"]);
    const penguin = panel.choice("touched penguin", LABELS.map(function (k, r) { return NAMES[k] + " " + (r % 6 + 1); }));
    const choose = panel.controls.lastElementChild.querySelector("select");
    const arrow = panel.choice("arrow of", NAMES);
    const held = panel.controls.lastElementChild.querySelector("select");
    const parts = [["to the right", 0], ["upwards", 1], ["bias", 2]].map(function (part) {
      const read = panel.slider({ label: part[0], min: -10, max: 10, step: 0.05, value: 0 });
      panel.controls.lastElementChild.querySelector("input").addEventListener("input", function () {
        if (syncing) { return; }
        if (part[1] < 2) { model.arrows[arrow()][part[1]] = read(); } else { model.biases[arrow()] = read(); }
      });
      return read;
    });
    choose.selectedIndex = 15;

    function changed() {
      panel.place.dispatchEvent(new Event("input", { bubbles: true }));
    }
    function take(k, tip) {
      held.selectedIndex = k;
      if (tip) { model.arrows[k] = tip; }
      changed();
    }
    function touch(r) {
      choose.selectedIndex = r;
      changed();
    }
    const drawing = panel.drawing("Eighteen penguins by the length and depth of their bills, the regions of three species, and their arrows", SIDE, SIDE, "drag the arrows, touch a penguin");
    const drawPlane = plane(drawing, take, touch);
    const beside = panel.drawing("Logits and probabilities of the touched penguin", TRACK, 268, "the touched penguin");
    const drawOpinions = opinions(beside);
    drawing.after(buttons);
    beside.after(panel.words);
    panel.place.append(panel.controls);  // the picture comes first

    function chosen() { return scope() ? [penguin()] : ALL; }

    // Some steps for each picture, so that one sees the arrows turn, until another button is pressed.
    function advance(count) {
      const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      const now = still ? count : Math.ceil(count / 20);
      for (let k = 0; k < now; k += 1) {
        model = step(model, chosen(), rate());
        taken += 1;
      }
      idle = count === now;
      changed();
      const mine = run;
      if (!idle) { window.requestAnimationFrame(function () { if (mine === run) { advance(count - now); } }); }
    }

    return function () {
      if (syncing) { return; }
      syncing = true;
      [...model.arrows[arrow()], model.biases[arrow()]].forEach(function (value, q) { parts[q].move(value); });
      syncing = false;
      const r = penguin(), y = LABELS[r], z = logits(model, POINTS[r]), s = shared.softmax(z, 1);
      const next = step(model, chosen(), rate());
      drawPlane(model, next, r);
      drawOpinions(z, s, y);
      if (!idle) { return; }
      const right = ALL.filter(function (q) { return inside(model, POINTS[q], LABELS[q]); }).length;
      const length = Math.hypot(...model.arrows.flat(), ...model.biases);
      panel.say([
        choose.value + ": loss " + n(loss(model, POINTS[r], y), 3),
        "Mean loss: " + n(meanLoss(model, ALL), 4),
        "After one more step: " + n(meanLoss(next, ALL), 4),
        "In its own region: " + right + " of " + ALL.length,
        "Length of all weights: " + n(length, 2),
        "Steps taken: " + taken,
      ].join("\n"));
    };
  });
})();
