/** The outcome of one case, as it enters the scoreboard. */
export interface Row {
  /** The table line that it counts in, such as `norms`. */
  readonly family: string;
  readonly case: string;
  readonly status: "passed" | "failed" | "excluded";
  /** Largest error of a float, in units in which the case's relative tolerance is the limit. */
  readonly worstError: number;
  /** Why it failed or is excluded. */
  readonly reason?: string;
}
