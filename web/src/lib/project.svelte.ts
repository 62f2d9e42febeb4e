// The server's projects, for the project menu.
import { api } from "./api/client";

class Projects {
  names: string[] = $state.raw([]);

  /** Loads the projects. Rejects on failure. */
  async refresh(signal?: AbortSignal): Promise<void> {
    this.names = await api.projects(signal);
  }
}

export const projects = new Projects();
