// The player of a clip: one HTML file that holds a part of a session and plays it without a server. It uses the gate and the style sheets of the
// UI's player, so that nothing in the recording reaches another host, and shows the recorded page in a frame that can run nothing.
import { Replayer } from "posthog-js/dist/rrweb";
import { inlinedIn } from "../features/replay/assets";
import { incremental, type RrEvent } from "../features/replay/events";
import { focusStyles, showFocus } from "../features/replay/focus";
import { frameStyle } from "../features/replay/frame";
import { Gate, isEvent } from "../features/replay/gate";
import { guard } from "../features/replay/guard";
import { quietMedia } from "../features/replay/media";
import { adaptSheets } from "../features/replay/sheets";
import { playable } from "../features/replay/track";
import { messageOf } from "../lib/errors";
import { clipStyle } from "./style";

interface Message {
  role: string;
  text: string;
}

interface Call {
  name: string;
  start_ms: number;
  end_ms: number;
  first_token_ms: number | null;
  error: boolean;
  messages: Message[];
}

interface Clip {
  title: string;
  from_ms: number;
  to_ms: number;
  calls: Call[];
}

/** The policy of the document that the replayer builds the page in, which the page inherits: no script, and nothing from elsewhere. */
const framePolicy = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline' data:; img-src data:; font-src data:; base-uri 'none'; form-action 'none'";

const element = <K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] => {
  const e = document.createElement(tag);
  e.className = className;
  e.textContent = text;
  return e;
};

const data = (id: string): string => document.getElementById(id)?.textContent ?? "";
const clock = (ms: number): string => {
  const s = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
};

function eventsOf(lines: string): RrEvent[] {
  const events: RrEvent[] = [];
  for (const line of lines.split("\n")) {
    if (line.trim() === "") continue;
    try {
      const event: unknown = JSON.parse(line);
      if (isEvent(event)) events.push(event);
    } catch {
      continue; // the rest can be played
    }
  }
  const gate = new Gate(false, inlinedIn(JSON.parse(data("assets")) as Record<string, string>));
  return playable(gate.admit(events), gate.refused > 0);
}

/** The empty document for the replayer. */
async function frameIn(screen: HTMLElement): Promise<HTMLIFrameElement> {
  const frame = element("iframe");
  frame.title = "Recorded page";
  frame.setAttribute("sandbox", "allow-same-origin");
  frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${framePolicy}"><body></body>`;
  await new Promise((loaded) => {
    frame.addEventListener("load", loaded, { once: true });
    screen.append(frame);
  });
  return frame;
}

async function start(): Promise<void> {
  const clip = JSON.parse(data("clip")) as Clip;
  document.head.append(element("style", "", clipStyle));
  document.title = clip.title;
  const screen = element("div", "screen");
  const messages = element("ol", "messages");
  const button = element("button", "play", "Play");
  button.type = "button";
  const time = element("output", "time");
  const track = element("div", "track");
  const seek = element("input", "seek");
  Object.assign(seek, { type: "range", min: "0", max: String(clip.to_ms - clip.from_ms), step: "10", value: "0" });
  seek.setAttribute("aria-label", "Time");
  const lane = element("div", "lane");
  track.append(lane, seek);
  const bar = element("div", "bar");
  bar.append(button, track, time);
  const main = element("main");
  main.append(screen, messages);
  document.body.append(element("h1", "", clip.title), main, bar);

  const events = eventsOf(data("events"));
  const first = events[0]?.timestamp ?? clip.from_ms;
  // So that the replayer's clock runs to the end without events, too.
  events.push({ type: incremental, data: { source: 1, positions: [] }, timestamp: Math.max(clip.to_ms, events.at(-1)?.timestamp ?? 0) });
  const frame = await frameIn(screen);
  const inner = frame.contentDocument;
  if (!inner) throw new Error("The browser does not allow the clip to build its page.");
  inner.head.append(Object.assign(inner.createElement("style"), { textContent: frameStyle }));
  const replayer = new Replayer(events as ConstructorParameters<typeof Replayer>[0], { root: inner.body, triggerFocus: false, insertStyleRules: focusStyles, mouseTail: false, showWarning: false, seekYieldBudgetMs: 12, plugins: [quietMedia] });
  adaptSheets(replayer);
  guard(replayer, () => undefined);
  showFocus(replayer);
  replayer.iframe.title = "Recorded page";

  let size = { width: 1280, height: 800 };
  const fit = () => {
    const scale = Math.min(screen.clientWidth / size.width, screen.clientHeight / size.height, 1);
    Object.assign(frame.style, { width: `${size.width}px`, height: `${size.height}px`, transform: `scale(${scale})` });
  };
  replayer.on("resize", (next) => {
    size = next as typeof size;
    fit();
  });
  addEventListener("resize", fit);
  fit();

  const length = clip.to_ms - clip.from_ms;
  const rows = clip.calls.map((call) => {
    const span = element("button", call.error ? "call failed" : "call");
    span.type = "button";
    span.title = `${call.name}, ${((call.end_ms - call.start_ms) / 1000).toFixed(1)} s`;
    const left = Math.max(0, (call.start_ms - clip.from_ms) / length);
    const right = Math.min(1, (call.end_ms - clip.from_ms) / length);
    Object.assign(span.style, { left: `${left * 100}%`, width: `max(3px, ${(right - left) * 100}%)` });
    span.addEventListener("click", () => go(call.start_ms - clip.from_ms));
    lane.append(span);
    const row = element("li");
    const head = element("button", "when", `${clock(call.start_ms - clip.from_ms)} ${call.name}`);
    head.type = "button";
    head.addEventListener("click", () => go(call.start_ms - clip.from_ms));
    row.append(head, ...call.messages.map((m) => {
      const message = element("p", `message ${m.role === "user" ? "asked" : "answered"}`, m.text);
      message.setAttribute("aria-label", m.role);
      return message;
    }));
    messages.append(row);
    return { call, row };
  });
  if (rows.length === 0) messages.append(element("li", "none", "No AI call in this part."));

  let now = 0;
  let playing = false;
  const offset = (ms: number) => Math.max(0, clip.from_ms + ms - first);
  const show = () => {
    seek.value = String(now);
    time.textContent = `${clock(now)} / ${clock(length)}`;
    button.textContent = playing ? "Pause" : "Play";
    for (const { call, row } of rows) row.classList.toggle("current", call.start_ms <= clip.from_ms + now && clip.from_ms + now <= call.end_ms);
  };
  const go = (ms: number) => {
    now = Math.max(0, Math.min(length, ms));
    if (playing) replayer.play(offset(now));
    else replayer.pause(offset(now) + 1); // with the events of this millisecond
    show();
  };
  const toggle = () => {
    playing = !playing;
    go(playing && now >= length ? 0 : now);
    if (playing) requestAnimationFrame(tick);
  };
  const tick = () => {
    if (!playing) return;
    now = first + replayer.getCurrentTime() - clip.from_ms;
    if (now >= length) {
      playing = false;
      go(length);
      return;
    }
    show();
    requestAnimationFrame(tick);
  };
  button.addEventListener("click", toggle);
  seek.addEventListener("input", () => go(Number(seek.value)));
  addEventListener("keydown", (e) => {
    if (e.key !== " " || e.target instanceof HTMLButtonElement) return;
    e.preventDefault();
    toggle();
  });
  go(0);
}

start().catch((error: unknown) => {
  document.body.append(element("p", "problem", `This clip cannot be played: ${messageOf(error)}`));
});
