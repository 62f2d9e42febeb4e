// The text of the recorded page at the playhead in which the words of an answer are looked for.
import type { Seen } from "../../lib/domain";
import type { Player } from "../replay/player.svelte";
import type { Playhead } from "../replay/playhead.svelte";
import { letters, type Letters } from "./shownWords";

export class OnScreen {
  #last: Letters | null = null;
  #text = "";
  /** Null when it is unknown, because nothing is shown or because another tab than the answer's is shown. */
  readonly page: Letters | null = $derived.by(() => {
    const { playhead } = this;
    const [seen, player] = [this.seen(), this.player()];
    void playhead.listNow;
    if (!player || !seen || seen.firstWordsMs === null || playhead.window?.id !== (seen.windowId ?? playhead.window?.id)) return (this.#last = null);
    if (player.status === "loading" && player.shown) return this.#last; // between two pictures
    if (player.status !== "ready") return (this.#last = null);
    const text = playhead.now < seen.firstWordsMs - seen.uncertaintyMs ? "" : player.textOf(seen.node);
    if (this.#last === null || text !== this.#text) this.#last = letters(text);
    this.#text = text;
    return this.#last;
  });

  /** Call it while a component is initialised. `seen` belongs to the answer whose messages are shown. */
  constructor(
    private readonly playhead: Playhead,
    private readonly player: () => Player | undefined,
    private readonly seen: () => Seen | null,
  ) {}
}
