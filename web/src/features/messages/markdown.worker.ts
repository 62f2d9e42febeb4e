// Formats texts off the main thread: {id, text} in, {id, formatted} out. It sends "ready" when it has started.
import { format } from "./blocks";

addEventListener("message", ({ data }: MessageEvent<{ id: number; text: string }>) => postMessage({ id: data.id, formatted: format(data.text) }));
postMessage("ready");
