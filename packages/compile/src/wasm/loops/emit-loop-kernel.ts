import {
  type Expr,
  type FunctionBuilder,
  type FunctionRef,
  i32,
  type Local,
  type ModuleBuilder,
  select,
} from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import { isIndexed, resultSize } from "../../schedule/loop-kernel.ts";
import { bytesOf } from "../elements.ts";
import { eachElement } from "./each-element.ts";
import { combine } from "./fold-lanes.ts";
import type { BufferAddress } from "./kernel-call.ts";
import { loadLanes, storeLanes } from "./lane-access.ts";
import type { Lanes, LaneScope } from "./lanes.ts";
import { emitLoops } from "./loop-emitter.ts";
import type { LoopPlan } from "./loop-plan.ts";
import type { LoopPattern } from "./planned-loops.ts";
import { partialLayout } from "./split.ts";

/**
 * Runs turns `from` to `to` of a kernel's outermost loop, with scratch memory of its own. Results that are added up in
 * parts go to a block at `partials`; `buffer0`, ... are the addresses of the kernel's buffers.
 */
export type LoopFunction = FunctionRef<Readonly<Record<string, "i32">>, "void">;

const bufferNames: string[] = [];

/** The name of a parameter for the address of a buffer. */
export function bufferName(index: number): string {
  return (bufferNames[index] ??= `buffer${index}`);
}

/**
 * Defines the function of all loop kernels with the code of a pattern.
 *
 * @param isOpen whether it serves any extent of the outermost loop
 */
export function defineLoops(module: ModuleBuilder, name: string, pattern: LoopPattern, isOpen: boolean): LoopFunction {
  const { plan, buffers, split } = pattern;
  const { offsets } = partialLayout(plan);
  const inParts = split?.parts !== undefined;
  const params: Record<string, "i32"> = { from: "i32", to: "i32", scratch: "i32" };
  if (inParts) params["partials"] = "i32";
  const places = new Map(buffers.map(({ value, offset }, i) => [value, { name: bufferName(i), offset }]));
  for (const { name: place } of places.values()) params[place] = "i32";
  return module.function(name, { params, result: "void" }, (f, locals) => {
    const placeOf = (value: Value): BufferAddress => {
      const { name: place, offset } = places.get(value)!;
      return { base: -offset * bytesOf(value.dtype), start: locals[place]! };
    };
    const to = lastTurn(f, plan, locals["to"]!, placeOf);
    f.if(i32.geS(locals["from"]!, to), () => f.return());
    const accumulators = new Map<Value, Expr<"i32">>();
    for (const { to: value } of plan.kernel.accumulations) {
      const offset = inParts ? offsets.get(value) : undefined;
      accumulators.set(
        value,
        offset === undefined ? placeOf(value).start : f.let(i32.add(locals["partials"]!, offset)),
      );
    }
    const [from, scratch] = [locals["from"]!, locals["scratch"]!];
    emitLoops(module, f, plan, {
      addressOf: placeOf,
      from,
      to,
      scratch,
      accumulators,
      isPart: split !== undefined,
      isOpen,
    });
  });
}

/** The end of the outermost loop, or of the steps of it that are wanted. */
function lastTurn(
  f: FunctionBuilder<"void">,
  { kernel: { lastRow }, outer, lanes, width, unroll }: LoopPlan,
  end: Local<"i32">,
  placeOf: (value: Value) => BufferAddress,
): Local<"i32"> {
  if (lastRow === undefined || outer[0] !== 0) return end;
  const step = lanes === 0 ? width * unroll : 1;
  const { base, start } = placeOf(lastRow);
  const rows = f.let(i32.and(i32.add(i32.load(i32.add(start, base)), step), -step));
  return f.let(select(i32.ltS(rows, end), rows, end));
}

/** Folds the partial results in the block at `partials`, in order, into the final ones at the addresses `sum0`, ... */
export function definePartialSums(
  module: ModuleBuilder,
  name: string,
  plan: LoopPlan,
  parts: number,
): FunctionRef<Readonly<Record<string, "i32">>, "void"> {
  const { offsets, bytes } = partialLayout(plan);
  const results = plan.kernel.accumulations.filter((result) => !isIndexed(result));
  const params: Record<string, "i32"> = { partials: "i32" };
  results.forEach((_, i) => (params[sumName(i)] = "i32"));
  return module.function(name, { params, result: "void" }, (f, locals) => {
    const scope: LaneScope = { module, f, width: 1 };
    results.forEach((result, at) => {
      const { to, node, name: fold } = result;
      const { dtype } = node;
      const first = offsets.get(to)!;
      eachElement(scope, dtype, resultSize(plan.kernel, result), (lanes, distance) => {
        const address = f.let(i32.add(locals["partials"]!, distance));
        const partial = (part: number): Lanes => loadLanes(lanes, dtype, { address, offset: first + part * bytes }, 1);
        let sums = partial(0).parts;
        for (let part = 1; part < parts; part++) {
          const added = partial(part).parts;
          sums = sums.map((sum, i) => f.let(combine(fold, dtype, sum, added[i]!)));
        }
        const place = { address: f.let(i32.add(locals[sumName(at)]!, distance)), offset: 0 };
        storeLanes(lanes, { dtype, parts: sums, uniform: false }, place, 1);
      });
    });
  });
}

/** The name of a parameter for the address of a sum. */
export function sumName(index: number): string {
  return `sum${index}`;
}
