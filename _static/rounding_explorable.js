// The cross-entropy of two logits by four programs in real float32: every operation is rounded.
(function () {
  "use strict";

  const shared = typeof module === "object" ? require("./explorable.js") : explorable;
  const round = Math.fround;

  function exp(x) { return round(Math.exp(x)); }
  function log(x) { return round(Math.log(x)); }

  function divided(e, target) {
    return -log(round(e[target] / round(e[0] + e[1])));
  }

  // exp(z) / Σ exp(z), then the logarithm.
  function naive(z, target) {
    return divided(z.map(exp), target);
  }

  function less(z, shift) {
    return z.map(function (zi) { return round(zi - shift); });
  }

  // The same with the largest logit taken off.
  function shifted(z, target) {
    return divided(less(z, Math.max(...z)).map(exp), target);
  }

  // The logarithm inside: log Σ exp(z) − z.
  function logSpace(z, target) {
    const u = less(z, Math.max(...z)), e = u.map(exp);
    return round(log(round(e[0] + e[1])) - u[target]);
  }

  // log(1 + the sum of the others), where "the others" are measured from the target.
  function others(z, target) {
    const lead = round(z[1 - target] - z[target]);
    const rest = round(Math.log1p(exp(-Math.abs(lead))));
    return lead > 0 ? round(lead + rest) : rest;
  }

  // The loss of the same two numbers in double precision.
  function exact(z, target) {
    const lead = z[1 - target] - z[target];
    return Math.max(lead, 0) + Math.log1p(Math.exp(-Math.abs(lead)));
  }

  function logits(spread, offset) {
    return [round(spread + offset), round(offset)];
  }

  // What has become of a loss, beside the exact one.
  function fate(loss, truth) {
    if (Number.isNaN(loss)) {
      return "NaN";
    }
    if (!Number.isFinite(loss)) {
      return "\u221e";
    }
    return loss === 0 ? "0" : Math.abs(loss - truth) <= 0.01 * truth ? "right" : "wrong";
  }

  if (typeof module === "object") {
    module.exports = {
      naive: naive, shifted: shifted, logSpace: logSpace, others: others, exact: exact,
      logits: logits, fate: fate,
    };
    return;
  }

  const PROGRAMS = [["naive", naive], ["shifted", shifted], ["log-softmax", logSpace], ["sum of the others", others]];
  const COLOURS = { right: "var(--sa-3)", wrong: "var(--sa-5)", "0": "var(--sa-2)", NaN: "var(--sa-4)", "\u221e": "var(--sa-1)" };
  const WIDTH = 480, SPREAD = 120, STEP = 0.5, ROW = 58, BAR = 26, HEIGHT = 4 * ROW + 62;
  const left = 10, right = WIDTH - 10;

  function across(spread) { return left + (spread / SPREAD) * (right - left); }

  function written(value) {
    if (Number.isNaN(value)) {
      return "NaN";
    }
    if (!Number.isFinite(value)) {
      return "\u221e";
    }
    const text = value === 0 || (value >= 0.001 && value < 1e4) ? String(Number(value.toPrecision(4))) : value.toExponential(2);
    return text.replace("e-", "e\u2212");
  }

  // From where to where a program shares one fate, as the logits move apart.
  function stretches(program, offset, target) {
    const found = [];
    for (let spread = 0; spread <= SPREAD; spread += STEP) {
      const z = logits(spread, offset), now = fate(program(z, target), exact(z, target));
      if (found.length && found[found.length - 1].fate === now) {
        found[found.length - 1].to = spread + STEP;
      } else {
        found.push({ fate: now, from: spread, to: spread + STEP });
      }
    }
    return found;
  }

  function bar(row, top, found) {
    const svg = shared.svg;
    row.replaceChildren(...found.flatMap(function (part) {
      const from = across(part.from), to = across(Math.min(part.to, SPREAD));
      const field = svg("rect", {
        x: from.toFixed(1), y: top, width: (to - from).toFixed(1), height: BAR,
        fill: COLOURS[part.fate], "fill-opacity": part.fate === "right" ? 0.25 : 0.45,
      });
      if (to - from < 13 * part.fate.length) {
        return [field];
      }
      return [field, svg("text", { x: ((from + to) / 2).toFixed(1), y: top + 19, "text-anchor": "middle" }, [part.fate])];
    }));
  }

  shared.define("rounding", function (panel) {
    const svg = shared.svg, set = shared.set;
    const spread = panel.slider({ label: "spread g", min: 0, max: SPREAD, step: STEP, value: 20 });
    const offset = panel.slider({ label: "offset", min: -150, max: 150, step: 1, value: 0 });
    const target = panel.choice("right class", ["0, whose logit is g", "1, whose logit is 0"]);
    const drawing = panel.drawing("Where on the way from spread 0 to 120 each of four programs is right, wrong, 0, infinite or NaN", WIDTH, HEIGHT);
    const rows = PROGRAMS.map(function (program, k) {
      const fields = svg("g"), value = svg("text", { x: right, y: k * ROW + 20, "text-anchor": "end" });
      const here = svg("line", { y1: k * ROW + 25, y2: k * ROW + 31 + BAR, stroke: "var(--sa-ink)", "stroke-width": 3 });
      drawing.append(svg("text", { x: left, y: k * ROW + 20 }, [program[0]]), value, fields, here);
      return { program: program[1], fields: fields, value: value, here: here };
    });
    for (let mark = 0; mark <= SPREAD; mark += 20) {
      const anchor = mark === 0 ? "start" : mark === SPREAD ? "end" : "middle";
      drawing.append(svg("text", { x: across(mark), y: HEIGHT - 36, "text-anchor": anchor }, [String(mark)]));
    }
    drawing.append(
      svg("rect", { x: left, y: HEIGHT - 23, width: 16, height: 14, fill: COLOURS.wrong, "fill-opacity": 0.45 }),
      svg("text", { x: left + 24, y: HEIGHT - 10 }, ["wrong by more than 1 %"]),
      svg("text", { x: right, y: HEIGHT - 10, "text-anchor": "end" }, ["spread g"])
    );

    return function () {
      const g = spread(), c = offset(), t = target(), z = logits(g, c);
      const losses = rows.map(function (row, k) {
        const loss = row.program(z, t);
        bar(row.fields, k * ROW + 28, stretches(row.program, c, t));
        row.value.textContent = written(loss);
        set(row.here, { x1: across(g), x2: across(g) });
        return PROGRAMS[k][0] + " " + written(loss);
      });
      panel.say(
        "Logits " + shared.number(z[0], 1) + " and " + shared.number(z[1], 1) + ", class " + t + ". The loss is " +
        written(exact(z, t)) + "; in float32: " + losses.join(", ") + "."
      );
    };
  });
})();
