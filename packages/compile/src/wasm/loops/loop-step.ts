import { i32, type ModuleBuilder } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import { isIndexed } from "../../schedule/loop-kernel.ts";
import { type Code, loopStep, type Scratch, type Step } from "../step.ts";
import { clearIndexed } from "./indexed-access.ts";
import type { BufferAddress } from "./kernel-call.ts";
import { type LoopFunctions, outerExtent, sumAddresses, withBuffers } from "./loop-functions.ts";
import type { PlannedLoops } from "./planned-loops.ts";

/**
 * A loop kernel as a step.
 *
 * @param isAlone whether there is one thread
 */
export function emitLoopStep(
  module: ModuleBuilder,
  functions: LoopFunctions,
  kernel: PlannedLoops,
  scratch: Scratch,
  addressOf: (value: Value) => number,
  isAlone: boolean,
): Step {
  const { pattern, split } = kernel;
  const extent = outerExtent(pattern);
  if (split?.parts === undefined) {
    const run = functions.run(pattern);
    const isShared = split !== undefined && !isAlone;
    const step = loopStep(module, split ?? { extent, step: 1 }, isShared, scratch, (f, { from, to }, own) =>
      f.call(run, withBuffers({ from, to, scratch: own }, kernel, addressOf)),
    );
    return split === undefined ? step : withClearing(step, kernel, addressOf);
  }
  // Each thread runs some of the parts, and thread 0 adds up what they gave.
  const [runParts, sums] = [functions.runParts(pattern), functions.sums(pattern)];
  const { parts } = split;
  const step = loopStep(module, { extent: parts, step: 1 }, !isAlone, scratch, (f, { from, to }, own) =>
    f.call(
      runParts,
      withBuffers({ first: from, end: to, extent, scratch: own, blocks: scratch.shared }, kernel, addressOf),
    ),
  );
  const places = sumAddresses(kernel, addressOf);
  const after = (f: Code): void => f.call(sums, { partials: scratch.shared, ...places });
  return { ...withClearing(step, kernel, addressOf), after };
}

/** Lets thread 0 clear what the parts of a kernel add to where an index says. */
function withClearing(step: Step, { kernel }: PlannedLoops, addressOf: (value: Value) => number): Step {
  const indexed = kernel.accumulations.filter(isIndexed);
  if (indexed.length === 0) return step;
  const placeOf = (value: Value): BufferAddress => ({ base: 0, start: i32.const(addressOf(value)) });
  const { alone } = step;
  return {
    ...step,
    alone: (f) => {
      for (const result of indexed) clearIndexed(f, result, i32.const(addressOf(result.to)), placeOf);
      alone?.(f);
    },
  };
}
