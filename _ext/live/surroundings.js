// What the interpreter's libraries expect of Node, where there is none: esbuild injects this.
import { Buffer } from "buffer/";

// Node's own copies into any array of bytes.
Buffer.prototype.copy = function (target, at = 0, from = 0, to = this.length) {
    const bytes = this.subarray(from, Math.min(to, from + target.length - at));
    target.set(bytes, at);
    return bytes.length;
};

export { Buffer };
export const process = {
    argv: [], env: {}, pid: 1, platform: "browser", version: "", cwd: () => "/",
    nextTick: (call, ...given) => queueMicrotask(() => call(...given)),
};
