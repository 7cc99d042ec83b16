// Rewrites the style sheets of the site in the folder argv[2], but for those of the book itself in
// the folder argv[4], without the rules that no page uses.
const { PurgeCSS } = require(process.argv[3]);
const { readdirSync, writeFileSync } = require("node:fs");
const site = process.argv[2];
const own = readdirSync(process.argv[4]).map((name) => `${site}/_static/${name}`);

new PurgeCSS()
  .purge({
    css: [`${site}/_static/**/*.css`],
    content: [`${site}/**/*.html`, `${site}/_static/**/*.js`], // scripts make elements too
  })
  .then((sheets) =>
    sheets
      .filter(({ file }) => !own.includes(file))
      .forEach(({ file, css }) => writeFileSync(file, css)),
  );
