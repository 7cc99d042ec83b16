// The one module that knows which Python runs in the page: CoWasm's. Another one takes its place by
// giving the same two: what it is made of, and how it runs a piece of code with its files.

import wasmImport from "@cowasm/kernel/dist/wasm/worker/import";
import { Volume, createFsFromVolume } from "@cowasm/memfs";
import { PythonWasmSync } from "python-wasm/dist/common";
import bindings from "wasi-js/dist/bindings/browser";

const KERNEL = "/usr/lib/kernel.wasm", PYTHON = "/usr/lib/python.wasm";
const MOST_MEMORY = 1000; // MB
const STREAMS = ["/dev/stdin", "/dev/stdout", "/dev/stderr"];

function fileSystem() {
    const made = Volume.fromJSON(Object.fromEntries(STREAMS.map(name => [name, ""])));
    made.releasedFds = [0, 1, 2]; // the next one is taken from the end
    [...STREAMS].reverse().forEach((name, k) => made.openSync(name, k < 2 ? "w" : "r"));
    return createFsFromVolume(made);
}

function write(fs, files) {
    const folders = new Set();
    for (const [path, content] of files) {
        const folder = path.slice(0, path.lastIndexOf("/"));
        if (!folders.has(folder)) fs.mkdirSync(folder, { recursive: true });
        folders.add(folder);
        fs.writeFileSync(path, content);
    }
}

// Starts Python over these files, and returns how more of them are added and how code is run: it
// reads what is given in the file /in, and what it writes to /out is returned.
export async function start(files, say) {
    const fs = fileSystem();
    write(fs, files);
    const compiled = path => new WebAssembly.Module(fs.readFileSync(path));
    const instance = (path, imports) => new WebAssembly.Instance(compiled(path), imports);
    const text = new TextDecoder();
    const told = data => say(text.decode(data));
    const kernel = await wasmImport({
        source: KERNEL,
        bindings: { ...bindings, fs, posix: {} },
        options: {
            env: {
                PYTHONHOME: "/usr", PYTHONEXECUTABLE: PYTHON, PYTHONDONTWRITEBYTECODE: "1",
                PYTHONHASHSEED: "0", SYMPY_GROUND_TYPES: "python", HOME: "/",
            },
            sendStdout: told,
            sendStderr: told,
            wasmEnv: { wasmGetSignalState: () => 0 },
            sleep: () => {},
            getStdin: () => new Uint8Array(),
        },
        importWebAssembly: async (path, imports) =>
            (await WebAssembly.instantiate(fs.readFileSync(path), imports)).instance,
        importWebAssemblySync: instance,
        readFileSync: path => fs.readFileSync(path),
        maxMemoryMB: MOST_MEMORY,
    });
    const python = new PythonWasmSync(kernel, PYTHON);
    python.init();
    return {
        add: more => write(fs, more),
        run(code, given = "") {
            fs.writeFileSync("/in", given);
            fs.writeFileSync("/out", "");
            python.exec(code);
            return fs.readFileSync("/out");
        },
    };
}
