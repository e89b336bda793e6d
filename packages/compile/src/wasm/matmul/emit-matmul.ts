import {
  defineGemm,
  type FunctionRef,
  type GemmFunction,
  i32,
  type Local,
  type ModuleBuilder,
  type Operand,
} from "@tapegrad/simd";
import { dtypes } from "@tapegrad/tensor/internal";
import type { Value } from "../../graph/graph.ts";
import { type Code, loopStep, type Scratch, type Step } from "../step.ts";
import { Epilogue } from "./emit-epilogue.ts";
import { foldedMatrixFunction } from "./emit-folded-matrix.ts";
import type { BatchAxis, MatmulPlan } from "./matmul-plan.ts";
import type { PlannedMatmul } from "./planned-matmul.ts";

const signature = {
  params: { from: "i32", to: "i32", scratch: "i32", a: "i32", b: "i32", c: "i32", argument: "i32" },
  result: "void",
} as const;

/** Runs a part of the outermost axis of a stack of products. */
type StackFunction = FunctionRef<(typeof signature)["params"], "void">;

type AddressOf = (value: Value) => number;

/** Products of one module; those of equal sizes and layouts share their code. */
export class MatmulEmitter {
  readonly #module: ModuleBuilder;

  constructor(module: ModuleBuilder) {
    this.#module = module;
  }

  /**
   * A product as a step: shared along the outermost axis of its stack if it has one, or else along its rows.
   *
   * @param isAlone whether there is one thread
   */
  step({ plan, text, split }: PlannedMatmul, scratch: Scratch, addressOf: AddressOf, isAlone: boolean): Step {
    const { batch, spec, kernel } = plan;
    const bytes = dtypes[spec.dtype].bytes;
    const epilogue = Epilogue.of(kernel, addressOf);
    const key = `product ${text} ${epilogue?.text ?? ""}`;
    const addresses = {
      a: addressOf(kernel.a.base) + kernel.a.offset * bytes,
      b: addressOf(kernel.b.base) + kernel.b.offset * bytes,
      c: addressOf(kernel.to),
      argument: epilogue?.argument ?? 0,
    };
    const loop = split ?? { extent: batch[0]?.size ?? spec.m, step: 1 };
    const isShared = split !== undefined && !isAlone;
    if (batch.length === 0) {
      const gemm = this.#gemm(key, plan, epilogue);
      return loopStep(this.#module, loop, isShared, scratch, (f, { from, to }, own) =>
        f.call(gemm, { ...addresses, scratch: own, rowStart: from, rowEnd: to }),
      );
    }
    const run = this.#stack(key, plan, epilogue);
    return loopStep(this.#module, loop, isShared, scratch, (f, turns, own) =>
      f.call(run, { ...turns, ...addresses, scratch: own }),
    );
  }

  #gemm(key: string, { spec }: MatmulPlan, epilogue: Epilogue | undefined): GemmFunction {
    return this.#module.once(key, (module) => {
      const emit = epilogue && { epilogue: epilogue.emitter(module) };
      return defineGemm(module, { ...spec, ...emit });
    });
  }

  /** The function that multiplies the matrices of a stack one after the other. */
  #stack(key: string, plan: MatmulPlan, epilogue: Epilogue | undefined): StackFunction {
    const { spec, batch, folded } = plan;
    const bytes = dtypes[spec.dtype].bytes;
    const name = `stack of ${JSON.stringify(batch)}${folded === undefined ? "" : ` by ${folded.folding.key}`}: ${key}`;
    return this.#module.once(name, (module) => {
      const gemm = new MatmulEmitter(module).#gemm(key, plan, epilogue);
      const fold = folded && foldedMatrixFunction(module, gemm, plan, folded);
      return module.function(`${gemm.name} stack`, signature, (f, { from, to, scratch, a, b, c, argument }) => {
        const addresses = { a, b, c };
        nest(f, batch, addresses, bytes, { from, to }, () => {
          if (fold !== undefined) f.call(fold, { ...addresses, scratch });
          else f.call(gemm, { ...addresses, scratch, rowStart: 0, rowEnd: spec.m, argument });
        });
      });
    });
  }
}

const sides = ["a", "b", "c"] as const;

/** Loops over the axes of a stack in which addresses move along: those of the outermost in a part of it. */
function nest(
  f: Code,
  [axis, ...rest]: readonly BatchAxis[],
  addresses: Readonly<Record<"a" | "b" | "c", Local<"i32">>>,
  bytes: number,
  part: { readonly from: Operand<"i32">; readonly to: Operand<"i32"> } | undefined,
  inside: () => void,
): void {
  if (axis === undefined) {
    inside();
    return;
  }
  const { size } = axis;
  const moving = sides.filter((side) => axis[side] !== 0);
  const move = (side: "a" | "b" | "c", by: Operand<"i32">): void =>
    f.set(addresses[side], i32.add(addresses[side], by));
  if (part !== undefined) for (const side of moving) move(side, i32.mul(part.from, axis[side] * bytes));
  f.for(part ?? { to: size }, () => {
    nest(f, rest, addresses, bytes, undefined, inside);
    for (const side of moving) move(side, axis[side] * bytes);
  });
  if (part === undefined) for (const side of moving) move(side, -size * axis[side] * bytes);
}
