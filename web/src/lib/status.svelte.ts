// The server's status, shared by all pages. Each page refreshes it as often as it needs.
import { api } from "./api/client";
import type { Status } from "./domain";

class ServerStatus {
  value: Status | null = $state.raw(null);
  error: unknown = $state.raw(null);

  /** Loads the status. Rejects on failure, so that poll slows down. */
  async refresh(signal?: AbortSignal): Promise<void> {
    try {
      this.value = await api.status(signal);
      this.error = null;
    } catch (error) {
      if (signal?.aborted) return;
      this.error = error;
      throw error;
    }
  }
}

export const serverStatus = new ServerStatus();
