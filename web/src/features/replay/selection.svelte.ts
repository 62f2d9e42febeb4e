// While it plays, the playhead selects what it reaches, so that the messages are those of the moment.
import { untrack } from "svelte";
import type { Playhead } from "./playhead.svelte";

/**
 * Calls select with the value of current whenever playing has changed it. A change by a reader's seek does not count: a reader who goes to five
 * seconds before a call wants to see that call, not the one before it. Call it while a component is initialised.
 */
export function selectWhilePlaying(playhead: Playhead, current: () => string | null, select: (id: string) => void): void {
  let before: { id: string | null; moves: number } = { id: null, moves: -1 };
  $effect(() => {
    const id = current();
    const { moves, playing } = playhead;
    untrack(() => {
      if (playing && id !== null && id !== before.id && moves === before.moves && id !== playhead.selected) select(id);
      before = { id, moves };
    });
  });
}
