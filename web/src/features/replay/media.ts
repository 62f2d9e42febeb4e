// Sounds and films of a recorded page. Most cannot play: their data is elsewhere and not loaded.
import type { Replayer } from "posthog-js/dist/rrweb";

type Plugin = NonNullable<Replayer["config"]["plugins"]>[number];

const quiet = new WeakSet<Window>();

/**
 * Keeps them silent, and keeps a play() that fails from becoming an error of this page. Done once for each window of the
 * recorded page, because rrweb does not call onBuild for the elements it makes while it skips ahead.
 */
export const quietMedia: Plugin = {
  onBuild(node) {
    const view = (node as Node).ownerDocument?.defaultView;
    if (!view || quiet.has(view)) return;
    quiet.add(view);
    const media = view.HTMLMediaElement.prototype;
    const play = media.play;
    media.play = function (this: HTMLMediaElement) {
      this.muted = true;
      return play.call(this).catch(() => undefined);
    };
  },
};
