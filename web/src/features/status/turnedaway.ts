// Why requests and connections are turned away for a while, and what to do about it. The reasons are those of the metrics.

interface Words {
  what: string;
  todo: string;
}

const proxies = "If all clients come by one proxy, name it in trusted_proxies, so that each counts for itself.";
const words: Record<string, Words> = {
  busy: {
    what: "Too much data waited to be stored (503).",
    todo: "Clients send it again. If it goes on, raise limits.max_in_flight where there is memory for it, or see whether the storage is slow.",
  },
  address_share: {
    what: "One address had its share of the memory for requests (503).",
    todo: `It sends again later. ${proxies} If one sender may have more, raise limits.address_share or limits.max_in_flight.`,
  },
  token_share: {
    what: "Requests with one project token had their share of the memory (503).",
    todo: "They are sent again later. If one project may have more, raise limits.token_share or limits.max_in_flight.",
  },
  crowded: {
    what: "Too many requests of one address waited for their turn (503).",
    todo: `It sends again later. ${proxies}`,
  },
  slow_client: {
    what: "A body arrived more slowly than it must (408).",
    todo: "The connection is slow, or somebody holds requests open on purpose; posthog-js does not send such a body again. To let slow clients in, lower limits.min_rate.",
  },
  unavailable: {
    what: "Data could not be stored (503).",
    todo: "Clients send them again. The server's log and /readyz say which storage does not answer.",
  },
  too_many_connections: {
    what: "There were as many connections as there may be, and none was idle (503).",
    todo: "Raise limits.max_connections, and the files that the system lets the server open (ulimit -n).",
  },
  address_connections: {
    what: "One address had its share of the connections (503).",
    todo: `${proxies} If one sender may have more, raise limits.address_share or limits.max_connections.`,
  },
  no_files: {
    what: "The system let the server open no more files, so a connection had to wait.",
    todo: "Raise how many it may open (ulimit -n), or lower limits.max_connections.",
  },
};

/** What a reason means and what to do. One that a later server has is shown by its name. */
export function turnedAwayWords(reason: string): Words {
  return Object.hasOwn(words, reason) && words[reason] ? words[reason] : { what: `${reason.replaceAll("_", " ")}.`, todo: "The metrics and the server's log say more." };
}
