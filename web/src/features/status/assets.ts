// What happened to the files that recorded pages refer to on other hosts, and what to do about it. The outcomes are those of the metrics.

interface Words {
  what: string;
  todo: string;
}

const words: Record<string, Words> = {
  fetched: { what: "Fetched, and shown in replays.", todo: "" },
  private_address: { what: "The name of the host leads into a private network, which is never contacted.", todo: "Pages that are recorded inside your network refer to it. Publish the file on a public host, or leave it out." },
  other_host: { what: "It was redirected to a host that is not in assets.hosts.", todo: "Add that host to assets.hosts if you trust it." },
  redirects: { what: "It led through more than three redirects.", todo: "Refer to the final address in the page." },
  too_large: { what: "It is larger than assets.max_size.", todo: "Raise assets.max_size, or serve a smaller file." },
  too_slow: { what: "The host took longer than assets.timeout. It is asked again after an hour.", todo: "Check that this server reaches it, or raise assets.timeout." },
  wrong_type: { what: "It is no stylesheet, font or image that a page can show, or not the one that was asked for.", todo: "Check the Content-Type that the host sends." },
  status: { what: "The host answered with an error. It is asked again after an hour.", todo: "Files that need a cookie cannot be fetched, because none is sent." },
  unreachable: { what: "The host could not be reached. It is asked again after an hour.", todo: "Check that this server may connect to it, directly and without a proxy." },
  storage: { what: "It could not be stored. It is fetched again after an hour.", todo: "See /readyz and the server's log." },
  session_limit: { what: "Sessions that referred to more than assets.per_session. The rest was left out.", todo: "Raise assets.per_session if your pages have that many." },
  queue_full: { what: "Too many were waiting. They are fetched when a page refers to them again.", todo: "" },
};

/** The meaning of an outcome and what to do. An outcome that this page does not know is shown by its name. */
export function assetWords(outcome: string): Words {
  return Object.hasOwn(words, outcome) && words[outcome] ? words[outcome] : { what: `${outcome.replaceAll("_", " ")}.`, todo: "See the metrics and the server's log." };
}
