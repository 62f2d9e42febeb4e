// The frame that recordings are shown in. A recording is a stranger's page: rrweb puts it into an iframe sandboxed
// without scripts, and that iframe inherits the content security policy of the document it is created in. So it is
// created in /replay-frame, an empty document whose policy allows no script and, unless asked, nothing from elsewhere.

import { noneKept, type Kept } from "./assets";

/** remote: it may load from other hosts. copies: it may load copies from Playhead. */
export const frameUrl = (remote: boolean, copies: boolean): string => (remote ? "/replay-frame?remote=1" : copies ? "/replay-frame?copies=1" : "/replay-frame");

/** Rejects when the frame comes without the policy: then nothing may be shown in it. */
export async function checkFrame(url: string): Promise<void> {
  const answer = await fetch(url, { credentials: "same-origin" });
  const policy = answer.headers.get("Content-Security-Policy") ?? "";
  if (!answer.ok || !/(^|;)\s*script-src 'none'\s*(;|$)/.test(policy)) {
    throw new Error(`${url} did not come with the policy that keeps recorded pages from running scripts (HTTP ${answer.status}).`);
  }
}

/** Loads the frame's document into the browser's cache, so that neither the frame nor its check waits for the server. */
export function warmFrame(kept: Kept): void {
  checkFrame(frameUrl(false, kept !== noneKept)).catch(() => undefined); // the player checks it again, and reports it
}

const pointer = `url("data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="22" height="22" viewBox="0 0 22 22"><path d="M3 2l6.200 17 2.700-7.100L19 9.200z" fill="#111" stroke="#fff" stroke-width="1.600" stroke-linejoin="round"/></svg>',
)}")`;

/** Styles of the elements that rrweb adds around the recorded page. */
export const frameStyle = `
html, body { margin: 0; padding: 0; overflow: hidden; background: #fff; color-scheme: only light; }
iframe { border: 0; display: block; background: #fff; color-scheme: light; }
.replayer-wrapper { position: absolute; inset: 0 auto auto 0; }
.replayer-mouse { position: absolute; z-index: 2; width: 22px; height: 22px; margin: -2px 0 0 -3px; background: ${pointer} no-repeat; pointer-events: none; }
.replayer-mouse::after { content: ""; position: absolute; left: -9px; top: -10px; width: 24px; height: 24px; border-radius: 50%; background: #4f46e5; opacity: 0; }
.replayer-mouse.active::after { animation: click .35s ease-out; }
.replayer-mouse.touch-device { background: none; width: 20px; height: 20px; margin: -10px; border-radius: 50%; border: 3px solid transparent; }
.replayer-mouse.touch-device.touch-active { border-color: #4f46e5; }
@keyframes click { 0% { opacity: .55; transform: scale(.4); } 100% { opacity: 0; transform: scale(1.500); } }
@media (prefers-reduced-motion: reduce) { .replayer-mouse.active::after { animation: none; opacity: .35; } }
`;
