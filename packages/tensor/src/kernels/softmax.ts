import { elementwiseProgram, type ElementwiseProgram, foldGroups, runElementwise } from "@tapegrad/simd";
import { allocateEmpty } from "../array-pool.ts";
import { fromTotals } from "../dtype.ts";
import type { SoftmaxAttrs } from "../primitives/primitive.ts";
import { keepDimsShape, sizeOf } from "../shape.ts";
import { layoutOf } from "./groups.ts";
import type { Kernel, Kernels } from "./kernel.ts";
import { repetitionOf } from "./repetition.ts";

interface Programs {
  readonly powers: ElementwiseProgram;
  readonly shares: ElementwiseProgram;
  readonly logarithms: ElementwiseProgram;
}

let programs: Programs | undefined;

/** Of x, the largest element of its group, and the total of the powers there or its logarithm. */
function softmaxPrograms(): Programs {
  return (programs ??= {
    powers: elementwiseProgram(({ input, exp, sub }) => [exp(sub(input(), input()))]),
    shares: elementwiseProgram(({ input, div }) => [div(input(), input())]),
    logarithms: elementwiseProgram(({ input, sub }) => [sub(sub(input(), input()), input())]),
  });
}

/** As the reference: totals are float64, powers are rounded. */
const kernel =
  (name: "softmax" | "logSoftmax"): Kernel<SoftmaxAttrs> =>
  ([x], { axes, masked }) => {
    const { data, shape } = x!;
    if (!(data instanceof Float32Array)) return undefined;
    const layout = layoutOf(data, shape, axes);
    if (layout === undefined) return undefined;
    const groups = keepDimsShape(shape, axes);
    const repetition = repetitionOf(groups, shape);
    if (repetition === "scattered") return undefined;

    const { powers, shares, logarithms } = softmaxPrograms();
    const largest = new Float64Array(sizeOf(groups)).fill(-Infinity);
    foldGroups("max", data, layout, largest);
    if (masked) for (let g = 0; g < largest.length; g++) if (largest[g] === -Infinity) largest[g] = 0;
    const peaks = fromTotals("float32", largest) as Float32Array;
    const out = allocateEmpty("float32", data.length) as Float32Array;
    runElementwise(powers, { inputs: [data, peaks], outputs: [out], repetitions: [undefined, repetition] });

    const totals = new Float64Array(sizeOf(groups));
    foldGroups("sum", out, layout, totals);
    if (masked) for (let g = 0; g < totals.length; g++) if (totals[g] === 0) totals[g] = 1;
    const of = fromTotals("float32", name === "softmax" ? totals : totals.map(Math.log)) as Float32Array;
    if (name === "softmax") {
      runElementwise(shares, { inputs: [out, of], outputs: [out], repetitions: [undefined, repetition] });
      // Elsewhere the power of what is hidden is 0, and its share.
      const isHidden = (i: number): boolean => data[i] === -Infinity;
      if (masked && totals.some(Number.isNaN)) for (let i = 0; i < out.length; i++) if (isHidden(i)) out[i] = 0;
    } else {
      const inputs = [data, peaks, of];
      runElementwise(logarithms, { inputs, outputs: [out], repetitions: [undefined, repetition, repetition] });
    }
    return [out];
  };

/** Kernels of softmax and its logarithm, over groups of float32. */
export const softmaxKernels: Kernels = { softmax: kernel("softmax"), logSoftmax: kernel("logSoftmax") };
