import type { Expr } from "../src/assembler/expr.ts";
import { v128 } from "../src/assembler/ops/v128.ts";
import { instantiateFunction } from "./evaluate.ts";

/** Sixteen bytes of a vector. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Runs an instruction on up to three vectors. */
export function vectorOperation(
  build: (a: Expr<"v128">, b: Expr<"v128">, c: Expr<"v128">) => Expr,
): (...vectors: Bytes[]) => Bytes {
  const { run, memory } = instantiateFunction({}, "void", (f) => {
    const result = build(v128.load(0), v128.load(16), v128.load(32));
    if (result.type === "i32") f.store("i32", 48, result as Expr<"i32">);
    else f.store("v128", 48, result as Expr<"v128">);
  });
  return (...vectors) => {
    vectors.forEach((vector, i) => new Uint8Array(memory).set(vector, 16 * i));
    run();
    return new Uint8Array(memory.slice(48, 64));
  };
}
