// Why requests and connections are refused for a while, and what to do about it. The reasons are those of the metrics.

interface Words {
  what: string;
  todo: string;
}

const proxies = "If all clients connect through one proxy, name it in trusted_proxies, so that each client is counted separately.";
const words: Record<string, Words> = {
  busy: {
    what: "Too much data was waiting to be stored (503).",
    todo: "Clients send it again. If this continues, raise limits.max_in_flight if there is memory for it, or check whether the storage is slow.",
  },
  address_share: {
    what: "One address used its whole share of the memory for requests (503).",
    todo: `Its clients send the data again. ${proxies} To allow one sender more, raise limits.address_share or limits.max_in_flight.`,
  },
  token_share: {
    what: "Requests with one project token used their whole share of the memory (503).",
    todo: "Clients send them again. To allow one project more, raise limits.token_share or limits.max_in_flight.",
  },
  crowded: {
    what: "Too many requests of one address were waiting for a processor (503).",
    todo: `Its clients send the data again. ${proxies}`,
  },
  large_body: {
    what: "One address sent several very large requests at once (503).",
    todo: `Its clients send the data again. ${proxies} Smaller batches are not affected, nor are any if limits.max_in_flight is raised.`,
  },
  slow_client: {
    what: "A request's body arrived too slowly (408).",
    todo: "The connection is slow, or a client holds requests open on purpose. posthog-js does not send such a request again. To accept slow clients, lower limits.min_rate.",
  },
  unavailable: {
    what: "Data could not be stored (503).",
    todo: "Clients send them again. The server's log and /readyz say which storage does not answer.",
  },
  too_many_connections: {
    what: "The limit of connections was reached, and none of them was idle (503).",
    todo: "Raise limits.max_connections and the system's limit of open files (ulimit -n).",
  },
  address_connections: {
    what: "One address used its whole share of the connections (503).",
    todo: `${proxies} To allow one sender more, raise limits.address_share or limits.max_connections.`,
  },
  no_files: {
    what: "The server reached the system's limit of open files, so a connection had to wait.",
    todo: "Raise the limit (ulimit -n), or lower limits.max_connections.",
  },
};

/** The meaning of a reason and what to do. A reason that this page does not know is shown by its name. */
export function turnedAwayWords(reason: string): Words {
  return Object.hasOwn(words, reason) && words[reason] ? words[reason] : { what: `${reason.replaceAll("_", " ")}.`, todo: "See the metrics and the server's log." };
}
