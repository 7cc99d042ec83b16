// Runs the worker of the page in Node: node in_node.cjs WORKER CODE GIVEN PACK…
// CODE is a file of Python, GIVEN the file that it reads as /in; what it writes to /out is printed.
const { readFileSync, writeSync } = require("node:fs");
const { runInThisContext } = require("node:vm");

const [worker, code, given, ...packs] = process.argv.slice(2);
const { exit } = process;
const self = (globalThis.self = globalThis);
const answers = new Map();
self.postMessage = ({ id, said, ...answer }) =>
    said === undefined ? answers.get(id)(answer) : writeSync(2, said);
runInThisContext(readFileSync(worker, "utf8"), worker);

const ask = (id, data) => new Promise(answered => {
    answers.set(id, answered);
    self.onmessage({ data: { id, ...data } });
});

(async () => {
    const started = await ask(1, { packs: packs.map(pack => readFileSync(pack)) });
    const ran = started.error ? started
        : await ask(2, { code: readFileSync(code, "utf8"), given: readFileSync(given) });
    if (ran.error) writeSync(2, `${ran.error}\n`);
    else for (let at = 0; at < ran.result.length;) at += writeSync(1, ran.result, at);
    exit(ran.error ? 1 : 0);
})();
