/** The target of a branch: the end of a block or the start of a loop. */
export interface Label {
  /** How many constructs were open when it was opened. */
  readonly depth: number;
}

/** The branch targets of a counted or conditional loop. */
export interface LoopLabels {
  /** Leaves the loop. */
  readonly break: Label;
  /** Goes on with the next turn. */
  readonly continue: Label;
}
