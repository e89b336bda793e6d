/** Where a loop stands. */
export interface ProgressState {
  /** What is being done; empty unless given. */
  readonly description: string;
  /** What is counted: "it" for iterations. */
  readonly unit: string;
  /** How many are done. */
  readonly done: number;
  /** How many there are; undefined where nobody knows. */
  readonly total: number | undefined;
  /** Seconds since the start. */
  readonly elapsed: number;
  /** Seconds that the rest will take at the present rate; undefined where nobody knows. */
  readonly remaining: number | undefined;
  /** How many are done in a second at present; undefined before the first. */
  readonly rate: number | undefined;
  /** Figures beside the bar. */
  readonly metrics: { readonly [name: string]: number };
  /** Whether the loop is over. */
  readonly isOver: boolean;
}
