// Answers every line {"tex", "display"} that it reads with a line {"html"} or {"error"}.
// In the HTML each symbol has a class that names it, `of:s`; `of:s_` is one with an index, and
// `of:s′` one with a prime.
const katex = require(process.argv[2]);
const lines = require("node:readline").createInterface({ input: process.stdin });

const OTHERWISE = ["katex-mathml", "katex-accent", "katex-overline", "katex-underline"]; // x̄ is not x
const textOf = (node) => node.text ?? (node.children ?? []).map(textOf).join("");
const has = (node, name) => node.classes?.includes(name);

// KaTeX sets letters like `dz` as one; here they are two symbols.
function letters(node) {
  if (!has(node, "mathnormal") || node.children || node.text.length === 1) return [node];
  return [...node.text].map((text, at, all) => {
    const letter = Object.assign(Object.create(node), node, { text, classes: [...node.classes] });
    if (at < all.length - 1) letter.italic = 0;
    return letter;
  });
}

function script(node) {
  const low = has(node.children[0], "vlist-t2") ? "_" : ""; // what reaches below the line
  return low + textOf(node).replace(/[^′]/g, "");
}

function name(node, suffix = "") {
  const text = (has(node, "mop") && !has(node, "op-limits")) || !node.children ? textOf(node) : "";
  const isWord = /^[A-Za-z]{2,}$/.test(text) && (has(node, "mop") || has(node, "mathrm"));
  const isLetter = has(node, "mathnormal") || text === "ℓ"; // that one KaTeX sets in roman
  if (isWord || (isLetter && text)) {
    node.classes.push(`of:${text}${suffix}`);
  } else if (node.children && !OTHERWISE.some((other) => has(node, other))) {
    node.children = node.children.flatMap(letters);
    const [first, second] = node.children;
    const inner = has(second ?? {}, "msupsub") ? script(second) : node.children.length === 1 ? suffix : "";
    node.children.forEach((child) => name(child, child === first ? inner : ""));
  }
  return node;
}

lines.on("line", (line) => {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    const tree = katex.__renderToDomTree(tex, {
      displayMode: display,
      output: "htmlAndMathml", // the MathML is what a screen reader reads
      strict: "error", // what LaTeX would not accept is not accepted here
    });
    // CSS knows no negative height: browsers pass over it, and the HTML checker does not.
    answer = { html: name(tree).toMarkup().replace(/(?<=[";])height:-[^;"]*;/g, "") };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
