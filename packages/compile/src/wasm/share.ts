import {
  call,
  type Expr,
  type FunctionBuilder,
  type FunctionRef,
  i32,
  type ModuleBuilder,
  type Operand,
  select,
} from "@tapegrad/simd";

/** Turns of a loop, from the first up to, but without, the last. */
export interface Turns {
  readonly from: Operand<"i32">;
  readonly to: Operand<"i32">;
}

/** A loop that is shared: so many turns, in steps of so many. */
export interface SharedLoop {
  readonly extent: Operand<"i32">;
  readonly step: number;
  /** Whether its turns grow longer or shorter, as rows of a triangle: a share is a part from either end then. */
  readonly isUneven?: boolean;
}

const signature = { params: { part: "i32", count: "i32", extent: "i32", step: "i32" }, result: "i32" } as const;

/** The turns of a loop that fall to one of `count` parts: whole steps, but for the last. */
export function share(
  module: ModuleBuilder,
  f: FunctionBuilder,
  { extent, step }: SharedLoop,
  part: Expr<"i32">,
  count: Operand<"i32">,
): Turns {
  const start = startOf(module);
  return {
    from: f.let(call(start, { extent, step, part, count })),
    to: f.let(call(start, { extent, step, part: i32.add(part, 1), count })),
  };
}

/** The function that gives where a part begins, and the one before ends. */
function startOf(module: ModuleBuilder): FunctionRef<(typeof signature)["params"], "i32"> {
  return module.once("share", (own) =>
    own.function("share", signature, (f, { part, count, extent, step }) => {
      const steps = i32.divU(i32.add(extent, i32.sub(step, 1)), step);
      const at = f.let(i32.mul(i32.divU(i32.mul(part, steps), count), step));
      return select(i32.ltS(at, extent), at, extent);
    }),
  );
}
