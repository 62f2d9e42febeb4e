// How requests fail, in terms that the pages use.

/** slow: it took longer than the server allows, and a retry would too. */
export type Failure = "offline" | "not_found" | "bad_request" | "signed_out" | "slow" | "server";

/** A parameter that could not be read. */
export interface Misread {
  parameter: string;
  /** The character at which reading ended, from 0. */
  position: number;
}

export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    readonly failure: Failure,
    message: string,
    readonly status = 0,
    readonly misread?: Misread,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later. */
  get passing(): boolean {
    return this.failure === "offline" || this.failure === "server";
  }
}
