import { defineGemm, type FunctionRef, type GemmFunction, i32, type ModuleBuilder } from "@tapegrad/simd";
import { dtypes } from "@tapegrad/tensor/internal";
import type { Value } from "../../graph/graph.ts";
import { emitEpilogue } from "./emit-epilogue.ts";
import type { BatchAxis, MatmulPlan } from "./matmul-plan.ts";

const signature = { params: { from: "i32", to: "i32", scratch: "i32" }, result: "void" } as const;

/** Runs a part of a product: of the outermost axis of its stack if it has one, or else of its rows. */
export type MatmulFunction = FunctionRef<(typeof signature)["params"], "void">;

/** Products of one module; those of equal sizes and layouts share their code. */
export class MatmulEmitter {
  readonly #module: ModuleBuilder;
  readonly #gemms = new Map<string, GemmFunction>();

  constructor(module: ModuleBuilder) {
    this.#module = module;
  }

  /** Defines the function of a product. */
  define(name: string, { kernel, spec, batch }: MatmulPlan, addressOf: (value: Value) => number): MatmulFunction {
    const { epilogue } = kernel;
    const gemm =
      epilogue === undefined
        ? this.#gemm(spec)
        : defineGemm(this.#module, {
            ...spec,
            epilogue: (f, result) => emitEpilogue(this.#module, f, kernel.product, epilogue, addressOf, result),
          });
    const bytes = dtypes[spec.dtype].bytes;
    return this.#module.function(name, signature, (f, { from, to, scratch }) => {
      const addresses = {
        a: f.local("i32", addressOf(kernel.a.base) + kernel.a.offset * bytes),
        b: f.local("i32", addressOf(kernel.b.base) + kernel.b.offset * bytes),
        c: f.local("i32", addressOf(kernel.to)),
      };
      const sides = ["a", "b", "c"] as const;
      const nest = (axes: readonly BatchAxis[], level: number): void => {
        const [axis, ...rest] = axes;
        if (axis === undefined) {
          const rows = level === 0 ? { rowStart: from, rowEnd: to } : { rowStart: 0, rowEnd: spec.m };
          f.call(gemm, { ...addresses, scratch, ...rows, argument: 0 });
          return;
        }
        const range = level === 0 ? { from, to } : { to: axis.size };
        if (level === 0)
          for (const side of sides) f.set(addresses[side], i32.add(addresses[side], i32.mul(from, axis[side] * bytes)));
        f.for(range, () => {
          nest(rest, level + 1);
          for (const side of sides) f.set(addresses[side], i32.add(addresses[side], axis[side] * bytes));
        });
        for (const side of sides) {
          if (level > 0) f.set(addresses[side], i32.sub(addresses[side], axis.size * axis[side] * bytes));
        }
      };
      nest(batch, 0);
    });
  }

  #gemm(spec: MatmulPlan["spec"]): GemmFunction {
    const key = JSON.stringify(spec);
    let gemm = this.#gemms.get(key);
    if (gemm === undefined) this.#gemms.set(key, (gemm = defineGemm(this.#module, spec)));
    return gemm;
  }
}
