import type { Expr, Local } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";

/** Where a buffer lies: so many bytes beyond an address that code is given. */
export interface BufferAddress {
  readonly base: number;
  readonly start: Expr<"i32">;
}

/** Where a call of a kernel finds what it needs. */
export interface KernelCall {
  readonly addressOf: (value: Value) => BufferAddress;
  /** The part of the outermost loop that is run, not empty. */
  readonly from: Local<"i32">;
  readonly to: Local<"i32">;
  /** Whether the code is to serve any extent of the outermost loop. */
  readonly isOpen: boolean;
  /** The address of scratch memory of this call alone. */
  readonly scratch: Local<"i32">;
  /** Whether other calls run other parts, so that what an index chooses in all of them is cleared before. */
  readonly isPart: boolean;
  /** The address of each accumulation's result of this part. */
  readonly accumulators: ReadonlyMap<Value, Expr<"i32">>;
}
