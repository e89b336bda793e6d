import type { Signature } from "./function-ref.ts";

/** The body of a function as bytes: local declarations, code, end. */
export interface FunctionBytes {
  readonly bytes: Uint8Array;
  /** Where the indices of the functions that it calls stand. */
  readonly calls: readonly number[];
}

/** A function of no module in particular, which any can take in. */
export interface FunctionCode {
  readonly name: string;
  readonly signature: Signature;
  /** What says all about it, if it is defined once in a module. */
  readonly key: string | undefined;
  readonly bytes: Uint8Array;
  readonly calls: readonly CalledCode[];
}

/** A call in the code of a function: the bytes from `at` to before `end` are the index of what is called. */
export interface CalledCode {
  readonly at: number;
  readonly end: number;
  readonly callee: FunctionCode;
}
