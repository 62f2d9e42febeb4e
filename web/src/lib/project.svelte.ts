// The projects of the server, for choosing one.
import { api } from "./api/client";

class Projects {
  names: string[] = $state.raw([]);

  /** Asks for them. Rejects when that fails. */
  async refresh(signal?: AbortSignal): Promise<void> {
    this.names = await api.projects(signal);
  }
}

export const projects = new Projects();
