import {
  defineGemm,
  type FunctionBuilder,
  type FunctionRef,
  type GemmFunction,
  i32,
  ModuleBuilder,
} from "@tapegrad/simd";
import type { Value } from "../graph/graph.ts";
import { bytesPerElement } from "../memory/residents.ts";
import type { PlannedKernel } from "../memory/memory-plan.ts";
import { emitLoops } from "./loop-emitter.ts";
import type { BatchAxis, MatmulPlan } from "./matmul-plan.ts";

/** What code needs to know of the memory that it runs in. */
export interface ModuleOptions {
  readonly kernels: readonly PlannedKernel[];
  readonly addressOf: (value: Value) => number;
  /** The address of each kernel's scratch memory. */
  readonly scratch: readonly number[];
  /** Copies that end a call: bytes from one address to another. */
  readonly copies: readonly { readonly from: number; readonly to: number; readonly bytes: number }[];
  readonly memory: { readonly initial: number; readonly maximum: number; readonly shared: boolean };
}

const nothing = { params: {}, result: "void" } as const;

/** Assembles the module of a plan. Its `run` runs all kernels; `env.special` runs one that is not WebAssembly. */
export function emitModule({ kernels, addressOf, scratch, copies, memory }: ModuleOptions): ModuleBuilder {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", memory);
  const special = module.importFunction("env", "special", { params: { kernel: "i32" }, result: "void" });
  const gemms = new Map<string, GemmFunction>();
  const steps = kernels.map((kernel, i) => {
    if (kernel.kind === "special") return (f: FunctionBuilder<"void">): void => f.call(special, { kernel: i });
    const compute: FunctionRef =
      kernel.kind === "loop"
        ? module.function(`kernel${i}`, nothing, (f) =>
            emitLoops(module, f, kernel.plan, { addressOf, scratch: scratch[i] as number }),
          )
        : emitMatmul(module, `kernel${i}`, kernel.plan, gemms, addressOf, scratch[i] as number);
    module.exportFunction(compute);
    return (f: FunctionBuilder<"void">): void => f.call(compute, {});
  });
  module.exportFunction(
    module.function("run", nothing, (f) => {
      for (const step of steps) step(f);
      for (const { from, to, bytes } of copies) f.copyMemory(to, from, bytes);
    }),
  );
  return module;
}

function emitMatmul(
  module: ModuleBuilder,
  name: string,
  { kernel, spec, batch }: MatmulPlan,
  gemms: Map<string, GemmFunction>,
  addressOf: (value: Value) => number,
  scratch: number,
): FunctionRef {
  const key = JSON.stringify(spec);
  let gemm = gemms.get(key);
  if (gemm === undefined) gemms.set(key, (gemm = defineGemm(module, spec)));
  const multiply = gemm;
  const bytes = bytesPerElement[spec.dtype];
  return module.function(name, nothing, (f) => {
    const addresses = {
      a: f.local("i32", addressOf(kernel.a.base) + kernel.a.offset * bytes),
      b: f.local("i32", addressOf(kernel.b.base) + kernel.b.offset * bytes),
      c: f.local("i32", addressOf(kernel.to)),
    };
    const nest = (axes: readonly BatchAxis[]): void => {
      const [axis, ...rest] = axes;
      if (axis === undefined) {
        f.call(multiply, { ...addresses, scratch, rowStart: 0, rowEnd: spec.m, argument: 0 });
        return;
      }
      f.for({ to: axis.size }, () => {
        nest(rest);
        for (const side of ["a", "b", "c"] as const) {
          f.set(addresses[side], i32.add(addresses[side], axis[side] * bytes));
        }
      });
      for (const side of ["a", "b", "c"] as const) {
        f.set(addresses[side], i32.sub(addresses[side], axis.size * axis[side] * bytes));
      }
    };
    nest(batch);
  });
}
