// The worker: it unpacks what the page hands over, starts Python with it, and runs what it is asked.

import { start } from "./interpreter.js";

let python;

// A pack is a line of JSON, [[path, length], …], and then the files one after another; gzipped.
// It is written to the stream by hand, for WebKit reads no Blob on a page from disk.
async function unpack(pack) {
    const { readable, writable } = new DecompressionStream("gzip");
    const writer = writable.getWriter();
    const written = writer.write(pack).then(() => writer.close());
    const bytes = new Uint8Array(await new Response(readable).arrayBuffer());
    await written;
    const end = bytes.indexOf(10);
    let at = end + 1;
    return JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)))
        .map(([path, length]) => [path, bytes.subarray(at, at += length)]);
}

const say = text => self.postMessage({ said: text });

self.onmessage = async ({ data: { id, packs, code, given } }) => {
    try {
        if (packs) {
            const files = (await Promise.all(packs.map(unpack))).flat();
            if (python) python.add(files);
            else python = await start(files, say);
            self.postMessage({ id, result: "" });
        } else {
            self.postMessage({ id, result: python.run(code, given) });
        }
    } catch (error) {
        self.postMessage({ id, error: `${error?.message ?? error}` });
    }
};
