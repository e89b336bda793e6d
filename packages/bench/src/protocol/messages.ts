import type { Row } from "../rows/row.ts";

/** What a contender is asked, one line of JSON each: to prepare a row, or to run the prepared one so many times. */
export type Request = { readonly prepare: Row } | { readonly time: number };

/** What a contender says first. */
export interface About {
  /** What it runs on, with versions. */
  readonly about: readonly string[];
}

/** The answer to `prepare`. */
export interface Prepared {
  /** Milliseconds of the first run, with all tracing and compiling. */
  readonly first: number;
  /** What the first runs computed: losses of three training steps, or digests of results. */
  readonly values: readonly number[];
  /** Bytes of the whole process at its largest, until now. */
  readonly memory?: number;
}

/** The answer to `time`. */
export interface Timed {
  readonly milliseconds: number;
}

/** The answer to a request that failed. */
export interface Failed {
  readonly error: string;
}
