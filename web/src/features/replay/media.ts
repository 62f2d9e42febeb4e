// Audio and video elements of a recorded page. Most cannot play, because their data are not loaded.
import type { Replayer } from "posthog-js/dist/rrweb";

type Plugin = NonNullable<Replayer["config"]["plugins"]>[number];

const quiet = new WeakSet<Window>();

/**
 * Mutes these elements, and catches errors of play(). It is done once for each window object of the recorded page, because rrweb does not
 * call onBuild for elements that it makes while skipping ahead.
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
