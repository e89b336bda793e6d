/** From where on columns are streamed. */
export interface StreamLimits {
  /** Arrays of fewer elements stay near in any case: sums in registers are as fast, with less code. */
  readonly elements: number;
  /** Fewer rows do not evict each other. */
  readonly rows: number;
  /** Shorter lines of a column do not repay the loading and storing of their sums. */
  readonly line: number;
  /** Lines of a column at smaller distances, in elements, lie side by side. */
  readonly distance: number;
}

export const streamLimits: StreamLimits = { elements: 65_536, rows: 16, line: 32, distance: 256 };
