import { ModuleBuilder } from "../src/assembler/module-builder.ts";
import { call } from "../src/assembler/ops/call.ts";
import { i32 } from "../src/assembler/ops/i32.ts";
import { v128 } from "../src/assembler/ops/v128.ts";
import type { MathFunction } from "../src/math/define-math-function.ts";

/** An array type whose elements fill vectors. */
export type Floats = Float32Array | Float64Array;

/** Elements that fit into the memory of `mapVectors`, each time. */
export const blockLength: number = 1 << 16;

/** Instantiates a loop over memory that applies a function; `x` and `out` are views of that memory. */
export function mapVectors<T extends Floats>(
  row: MathFunction<string>,
  type: new (buffer: ArrayBuffer, offset: number, length: number) => T,
): { readonly run: (count: number) => void; readonly arguments: readonly T[]; readonly out: T } {
  const shape = type.name === "Float32Array" ? "f32x4" : "f64x2";
  const module = new ModuleBuilder();
  module.memory({ initial: 24 });
  module.exportMemory("memory");
  const callee = row[shape](module);
  const names = Object.keys(callee.signature.params);
  const bytes = blockLength * 8;
  module.exportFunction(
    module.function("run", { params: { count: "i32" }, result: "void" }, (f, { count }) => {
      f.for({ to: i32.mul(count, shape === "f32x4" ? 4 : 8), step: 16 }, (at) => {
        const operands = names.map((name, i) => [name, v128.load(at, { offset: i * bytes })]);
        f.store("v128", at, call(callee, Object.fromEntries(operands)), { offset: 2 * bytes });
      });
    }),
  );
  const { exports } = new WebAssembly.Instance(module.compile());
  const { buffer } = exports["memory"] as WebAssembly.Memory;
  return {
    run: exports["run"] as (count: number) => void,
    arguments: names.map((_, i) => new type(buffer, i * bytes, blockLength)),
    out: new type(buffer, 2 * bytes, blockLength),
  };
}
