import {
  defineGemm,
  type FunctionBuilder,
  type FunctionRef,
  type GemmFunction,
  i32,
  type ModuleBuilder,
} from "@tapegrad/simd";
import { dtypes } from "@tapegrad/tensor/internal";
import type { Value } from "../../graph/graph.ts";
import { emitEpilogue } from "./emit-epilogue.ts";
import type { BatchAxis, MatmulPlan } from "./matmul-plan.ts";

const signature = { params: { from: "i32", to: "i32", scratch: "i32" }, result: "void" } as const;

/** Runs a part of a product: of the outermost axis of its stack if it has one, or else of its rows. */
export type MatmulFunction = FunctionRef<(typeof signature)["params"], "void">;

type AddressOf = (value: Value) => number;

/** Products of one module; those of equal sizes and layouts share their code. */
export class MatmulEmitter {
  readonly #module: ModuleBuilder;
  readonly #gemms = new Map<string, GemmFunction>();

  constructor(module: ModuleBuilder) {
    this.#module = module;
  }

  /** A call of a whole product with scratch memory at an address. */
  whole(name: string, plan: MatmulPlan, addressOf: AddressOf, scratch: number): (f: FunctionBuilder<"void">) => void {
    const { spec, batch } = plan;
    if (batch.length > 0) {
      const run = this.define(name, plan, addressOf);
      return (f) => f.call(run, { from: 0, to: batch[0]!.size, scratch });
    }
    const gemm = this.#gemm(plan, addressOf);
    const rows = { rowStart: 0, rowEnd: spec.m };
    return (f) => f.call(gemm, { ...addressesOf(plan, addressOf), scratch, ...rows, argument: 0 });
  }

  /** Defines the function of a product. */
  define(name: string, plan: MatmulPlan, addressOf: AddressOf): MatmulFunction {
    const { spec, batch } = plan;
    const gemm = this.#gemm(plan, addressOf);
    const bytes = dtypes[spec.dtype].bytes;
    return this.#module.function(name, signature, (f, { from, to, scratch }) => {
      const { a, b, c } = addressesOf(plan, addressOf);
      const addresses = { a: f.local("i32", a), b: f.local("i32", b), c: f.local("i32", c) };
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

  #gemm({ kernel, spec }: MatmulPlan, addressOf: AddressOf): GemmFunction {
    const { epilogue, product } = kernel;
    if (epilogue !== undefined) {
      return defineGemm(this.#module, {
        ...spec,
        epilogue: (f, result) => emitEpilogue(this.#module, f, product, epilogue, addressOf, result),
      });
    }
    const key = JSON.stringify(spec);
    let gemm = this.#gemms.get(key);
    if (gemm === undefined) this.#gemms.set(key, (gemm = defineGemm(this.#module, spec)));
    return gemm;
  }
}

/** Where the operands and the result of a product start. */
function addressesOf({ kernel, spec }: MatmulPlan, addressOf: AddressOf): Record<"a" | "b" | "c", number> {
  const { a, b, to } = kernel;
  const bytes = dtypes[spec.dtype].bytes;
  return {
    a: addressOf(a.base) + a.offset * bytes,
    b: addressOf(b.base) + b.offset * bytes,
    c: addressOf(to),
  };
}
