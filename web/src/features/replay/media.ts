// Sounds and films of a recorded page. Most cannot play: their data is elsewhere and not loaded.
import type { Replayer } from "posthog-js/dist/rrweb";

type Plugin = NonNullable<Replayer["config"]["plugins"]>[number];

/** Keeps them silent, and keeps a play() that fails from becoming an error of this page. */
export const quietMedia: Plugin = {
  onBuild(node) {
    if (node.nodeName !== "VIDEO" && node.nodeName !== "AUDIO") return;
    const media = node as HTMLMediaElement;
    media.muted = true;
    const play = media.play.bind(media);
    media.play = () => play().catch(() => undefined);
  },
};
