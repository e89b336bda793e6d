import type { Signature } from "./function-ref.ts";

/** The body of a function as bytes: local declarations, code, end. */
export interface FunctionBytes {
  /** All of it, without its size. */
  readonly bytes: Uint8Array;
  /** Where the indices of the functions that it calls stand. */
  readonly calls: readonly number[];
}

/** A function of no module in particular, which any can take in. */
export interface FunctionCode {
  /** Its name, for readers of the module. */
  readonly name: string;
  /** What it takes and gives. */
  readonly signature: Signature;
  /** What says all about it, if it is defined once in a module. */
  readonly key: string | undefined;
  /** Its body, with the indices of some module. */
  readonly bytes: Uint8Array;
  /** Its calls, in order. */
  readonly calls: readonly CalledCode[];
}

/** A call in the code of a function. */
export interface CalledCode {
  /** Where the index of what is called begins. */
  readonly at: number;
  /** Where it ends. */
  readonly end: number;
  /** What is called. */
  readonly callee: FunctionCode;
}
