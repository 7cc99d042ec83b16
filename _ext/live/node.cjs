// In place of Node's `assert` and `util`, what the interpreter's libraries use of them.
const inherits = require("inherits");
const joined = (...words) => words.join(" ");

module.exports = Object.assign(() => {}, { inherits, inspect: String, format: joined });
