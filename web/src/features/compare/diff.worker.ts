// Compares two calls off the main thread: {id, a, b} in, {id, rows} out.
import type { Said } from "./align";
import { compare } from "./words";

addEventListener("message", ({ data }: MessageEvent<{ id: number; a: Said[]; b: Said[] }>) => postMessage({ id: data.id, rows: compare(data.a, data.b) }));
