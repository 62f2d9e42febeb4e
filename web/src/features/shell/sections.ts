// The pages that the navigation leads to, in groups, with the keys that lead there.
import Brain from "@lucide/svelte/icons/brain";
import Cpu from "@lucide/svelte/icons/cpu";
import Hourglass from "@lucide/svelte/icons/hourglass";
import HeartPulse from "@lucide/svelte/icons/heart-pulse";
import LayoutDashboard from "@lucide/svelte/icons/layout-dashboard";
import Link2 from "@lucide/svelte/icons/link-2";
import ListTree from "@lucide/svelte/icons/list-tree";
import MessagesSquare from "@lucide/svelte/icons/messages-square";
import Plug from "@lucide/svelte/icons/plug";
import ScrollText from "@lucide/svelte/icons/scroll-text";
import ThumbsUp from "@lucide/svelte/icons/thumbs-up";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import Users from "@lucide/svelte/icons/users";
import Video from "@lucide/svelte/icons/video";
import Wrench from "@lucide/svelte/icons/wrench";
import type { Component } from "svelte";
import type { Route } from "../../lib/route";

export interface Section {
  name: string;
  path: string;
  /** The pages that belong to it. */
  pages: readonly Route["page"][];
  key: string;
  icon: Component<{ size?: number; class?: string }>;
}

export const groups: readonly (readonly Section[])[] = [
  [
    { name: "Overview", path: "/overview", pages: ["overview"], key: "g o", icon: LayoutDashboard },
    { name: "Impact", path: "/impact", pages: ["impact"], key: "g i", icon: Hourglass },
  ],
  [
    { name: "Traces", path: "/traces", pages: ["traces", "trace"], key: "g t", icon: ListTree },
    { name: "Generations", path: "/generations", pages: ["generations", "compare"], key: "g l", icon: Brain },
    { name: "Conversations", path: "/conversations", pages: ["conversations", "conversation"], key: "g v", icon: MessagesSquare },
    { name: "Sessions", path: "/sessions", pages: ["sessions", "session"], key: "g s", icon: Video },
  ],
  [
    { name: "People", path: "/people", pages: ["people"], key: "g p", icon: Users },
    { name: "Errors", path: "/errors", pages: ["errors"], key: "g e", icon: TriangleAlert },
    { name: "Tools", path: "/tools", pages: ["tools"], key: "g k", icon: Wrench },
    { name: "Models", path: "/models", pages: ["models", "providers"], key: "g m", icon: Cpu },
    { name: "Prompts", path: "/prompts", pages: ["prompts"], key: "g r", icon: ScrollText },
    { name: "Feedback", path: "/feedback", pages: ["feedback"], key: "g f", icon: ThumbsUp },
  ],
  [
    { name: "Setup", path: "/setup", pages: ["setup"], key: "g c", icon: Plug },
    { name: "Is it linked?", path: "/linked", pages: ["linked"], key: "g n", icon: Link2 },
    { name: "Status", path: "/status", pages: ["status"], key: "g h", icon: HeartPulse },
  ],
];

export const sections: readonly Section[] = groups.flat();
