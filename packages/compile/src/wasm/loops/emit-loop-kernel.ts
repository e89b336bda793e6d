import {
  constant,
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
import type { BufferPart } from "./kernel-shape.ts";
import { loadLanes, storeLanes } from "./lane-access.ts";
import type { Lanes, LaneScope } from "./lanes.ts";
import { emitLoops } from "./loop-emitter.ts";
import type { LoopPlan } from "./loop-plan.ts";
import { partialLayout, type Split } from "./split.ts";

const signature = { params: { from: "i32", to: "i32", scratch: "i32", partials: "i32" }, result: "void" } as const;

/** Runs a part of a kernel's outermost loop, with scratch memory and a block for partial results of its own. */
export type LoopFunction = FunctionRef<(typeof signature)["params"], "void">;

/** Runs a kernel whose buffers lie where the call says. */
export type SharedLoopFunction = FunctionRef<Readonly<Record<string, "i32">>, "void">;

/** Defines the function of a loop kernel. */
export function defineLoops(
  module: ModuleBuilder,
  name: string,
  plan: LoopPlan,
  split: Split | undefined,
  addressOf: (value: Value) => number,
): LoopFunction {
  const { offsets } = partialLayout(plan);
  const inParts = split?.parts !== undefined;
  return module.function(name, signature, (f, { from, to: end, scratch, partials }) => {
    const to = lastTurn(f, plan, end, addressOf);
    f.if(i32.geS(from, to), () => f.return());
    const accumulators = new Map<Value, Expr<"i32">>();
    for (const { to: value } of plan.kernel.accumulations) {
      const offset = inParts ? offsets.get(value) : undefined;
      const address = offset === undefined ? constant("i32", addressOf(value)) : f.let(i32.add(partials, offset));
      accumulators.set(value, address);
    }
    const placeOf = (value: Value): BufferAddress => ({ base: addressOf(value), start: undefined });
    emitLoops(module, f, plan, { addressOf: placeOf, from, to, scratch, accumulators, isPart: split !== undefined });
  });
}

/** The end of the outermost loop, or of the steps of it that are wanted. */
function lastTurn(
  f: FunctionBuilder<"void">,
  { kernel: { lastRow }, outer, lanes, width, unroll }: LoopPlan,
  end: Local<"i32">,
  addressOf: (value: Value) => number,
): Local<"i32"> {
  if (lastRow === undefined || outer[0] !== 0) return end;
  const step = lanes === 0 ? width * unroll : 1;
  const rows = f.let(i32.and(i32.add(i32.load(i32.const(addressOf(lastRow))), step), -step));
  return f.let(select(i32.ltS(rows, end), rows, end));
}

/** Defines the function of loop kernels that differ in where their buffers lie: `buffer0`, ... are their addresses. */
export function defineSharedLoops(
  module: ModuleBuilder,
  name: string,
  plan: LoopPlan,
  buffers: readonly BufferPart[],
): SharedLoopFunction {
  const places = new Map(buffers.map(({ value }, i) => [value, `buffer${i}`]));
  const offsets = new Map(buffers.map(({ value, offset }) => [value, offset]));
  const params: Record<string, "i32"> = { from: "i32", to: "i32", scratch: "i32" };
  for (const place of places.values()) params[place] = "i32";
  return module.function(name, { params, result: "void" }, (f, locals) => {
    const startOf = (value: Value): Local<"i32"> => locals[places.get(value)!]!;
    const accumulators = new Map(plan.kernel.accumulations.map(({ to: value }) => [value, startOf(value)]));
    const placeOf = (value: Value): BufferAddress => {
      return { base: -offsets.get(value)! * bytesOf(value.dtype), start: startOf(value) };
    };
    const [from, to, scratch] = [locals["from"]!, locals["to"]!, locals["scratch"]!];
    emitLoops(module, f, plan, { addressOf: placeOf, from, to, scratch, accumulators, isPart: false });
  });
}

/** Defines the function that folds the partial results of all parts, in order, into the final ones. */
export function definePartialSums(
  module: ModuleBuilder,
  name: string,
  plan: LoopPlan,
  parts: number,
  blocks: number,
  addressOf: (value: Value) => number,
): FunctionRef {
  const { offsets, bytes } = partialLayout(plan);
  return module.function(name, { params: {}, result: "void" }, (f) => {
    const scope: LaneScope = { module, f, width: 1 };
    for (const result of plan.kernel.accumulations) {
      if (isIndexed(result)) continue;
      const { to, node, name: fold } = result;
      const { dtype } = node;
      const first = blocks + offsets.get(to)!;
      eachElement(scope, dtype, resultSize(plan.kernel, result), (lanes, address) => {
        const partial = (part: number): Lanes => loadLanes(lanes, dtype, { address, offset: first + part * bytes }, 1);
        let sums = partial(0).parts;
        for (let part = 1; part < parts; part++) {
          const added = partial(part).parts;
          sums = sums.map((sum, i) => f.let(combine(fold, dtype, sum, added[i]!)));
        }
        storeLanes(lanes, { dtype, parts: sums, uniform: false }, { address, offset: addressOf(to) }, 1);
      });
    }
  });
}
