// Rewrites the style sheet of the site in the folder argv[2] without the rules and variables that
// no page uses, and without blanks; argv[3] is where npm's packages are.
const { PurgeCSS } = require(`${process.argv[3]}/purgecss`);
const { transformSync } = require(`${process.argv[3]}/esbuild`);
const { globSync, readFileSync, writeFileSync } = require("node:fs");
const site = process.argv[2];
const sheet = `${site}/_static/style.css`;

// Bootstrap's script names all that Bootstrap has. Of what it makes itself, pages have hints alone.
// The book's own variables colour figures, and PurgeCSS looks for variables in style sheets alone.
const scripts = globSync([`${site}/_static/*.js`, `${site}/_static/scripts/*.js`])
  .filter((script) => !script.endsWith("bootstrap.js"));
const kept = {
  standard: ["active", "fade", "show"],
  greedy: [/tooltip/],
  variables: [/^--sa-/],
};

// What a page uses stands in its tags and scripts: a word of its text is no class.
const marked = /<script[^>]*>[^]*?<\/script>|<[a-z](?:"[^"]*"|[^">])*>/g;
const spoken = / (?:alt|aria-label|content|d|href|points|title)="[^"]*"/g;
const names = globSync(`${site}/**/*.html`)
  .flatMap((page) => readFileSync(page, "utf8").match(marked) ?? [])
  .flatMap((tag) => tag.replace(spoken, "").match(/[\w-]+/g));

new PurgeCSS()
  .purge({
    css: [sheet],
    content: [{ raw: [...new Set(names)].join(" "), extension: "html" }, ...scripts],
    safelist: kept,
    variables: true,
  })
  .then(([{ css }]) => writeFileSync(sheet, transformSync(css, { loader: "css", minify: true }).code));
