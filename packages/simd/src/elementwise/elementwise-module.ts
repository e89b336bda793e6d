import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import { ModuleBuilder } from "../assembler/module-builder.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { i32x4 } from "../assembler/ops/integer-vector.ts";
import { i8x16 } from "../assembler/ops/narrow-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { operationCode } from "./operation-code.ts";
import { type ElementType, elementBytes, type OperationName, operations } from "./operations.ts";

/**
 * Every kernel has one signature: where its operands are and how far each moves on for four elements, which is 0 for a
 * scalar that stands there four times; where the result is and where it ends. What it does not take is 0. Kernels read and
 * write whole vectors: up to three elements beyond the end.
 */
const kernelSignature = {
  params: {
    a: "i32",
    stepA: "i32",
    b: "i32",
    stepB: "i32",
    c: "i32",
    stepC: "i32",
    out: "i32",
    end: "i32",
  },
  result: "void",
} as const;

/** Assembles the module of the elementwise kernels: an export for each operation, and `spread` of 4 bytes and of one. */
export function assembleElementwise(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("kernels", "memory", { initial: 1 });
  for (const name of Object.keys(operations) as OperationName[]) defineKernel(module, name);
  defineSpread(module, "spread");
  defineSpread(module, "spreadBytes");
  return module.toBytes();
}

function defineKernel(module: ModuleBuilder, name: OperationName): void {
  const { operands, result } = operations[name];
  const kernel = module.function(name, kernelSignature, (f, p) => {
    const addresses = [p.a, p.b, p.c].slice(0, operands.length);
    const steps = [p.stepA, p.stepB, p.stepC];
    f.for({ from: p.out, to: p.end, step: 4 * elementBytes[result] }, (out) => {
      const values = addresses.map((address, i) => f.let(loadFour(operands[i]!, address)));
      storeFour(f, result, out, operationCode[name]({ module, f }, ...values));
      addresses.forEach((address, i) => f.set(address, i32.add(address, steps[i]!)));
    });
  });
  module.exportFunction(kernel);
}

/** Four elements; bools as masks. */
function loadFour(type: ElementType, address: Expr<"i32">): Expr<"v128"> {
  if (type !== "bool") return v128.load(address, { align: 4 });
  const bytes = v128.load32Zero(address, { align: 1 });
  // Each byte becomes the first of a lane; byte 15 is 0.
  const lanes = i8x16.swizzle(bytes, v128.const([0, 15, 15, 15, 1, 15, 15, 15, 2, 15, 15, 15, 3, 15, 15, 15]));
  return i32x4.ne(lanes, i32x4.const(0));
}

function storeFour(f: FunctionBuilder<"void">, type: ElementType, address: Expr<"i32">, value: Expr<"v128">): void {
  if (type !== "bool") {
    f.store("v128", address, value, { align: 4 });
    return;
  }
  const bytes = i8x16.swizzle(value, v128.const([0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12]));
  f.storeLane(32, address, v128.and(bytes, v128.const(1)), 0, { align: 1 });
}

/**
 * Repeats each of the elements from `a` on over `repeat` bytes, until `end`; the first one only over `first`. Floats are
 * written up to three elements beyond each run, which the next one overwrites.
 */
function defineSpread(module: ModuleBuilder, name: "spread" | "spreadBytes"): void {
  const signature = {
    params: { a: "i32", repeat: "i32", first: "i32", out: "i32", end: "i32" },
    result: "void",
  } as const;
  const isBytes = name === "spreadBytes";
  const spread = module.function(name, signature, (f, { a, repeat, first, out, end }) => {
    const stop = f.let(i32.add(out, first));
    f.while(i32.ltU(out, end), () => {
      f.if(i32.gtU(stop, end), () => f.set(stop, end));
      if (isBytes) f.fillMemory(out, i32.load8U(a), i32.sub(stop, out));
      else {
        const value = f.let(v128.load32Splat(a));
        f.for({ from: out, to: stop, step: 16 }, (at) => f.store("v128", at, value, { align: 4 }));
      }
      f.set(a, i32.add(a, isBytes ? 1 : 4));
      f.set(out, stop);
      f.set(stop, i32.add(stop, repeat));
    });
  });
  module.exportFunction(spread);
}
