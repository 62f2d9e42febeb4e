// The server's status, one for all pages: whoever shows it asks for it as often as it needs.
import { api } from "./api/client";
import type { Status } from "./domain";

class ServerStatus {
  value: Status | null = $state.raw(null);
  error: unknown = $state.raw(null);

  /** Asks for it. Rejects when that fails, so that poll asks less often. */
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
