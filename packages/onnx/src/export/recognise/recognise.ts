import { TapegradError } from "@tapegrad/tensor";
import type { Aligned, AlignedCall, Alignment } from "../trace/alignment.ts";
import { Finds } from "./finds.ts";
import { batchNorm, layerNorm, rmsNorm } from "./norms.ts";
import type { Found } from "./pattern.ts";
import { gemm, indexSelect } from "./products.ts";
import { mean } from "./reductions.ts";

const all = [mean, indexSelect, batchNorm, layerNorm, rmsNorm, gemm];

/** What a value is, if its primitives are one operator elsewhere. */
export function recognise(alignment: Alignment, value: Aligned): AlignedCall[] {
  return all.flatMap(({ name, pattern, call }) => {
    try {
      const found: Found = new Map();
      const known = pattern(value, found, alignment) ? call(new Finds(found, alignment), value) : undefined;
      if (known === undefined) return [];
      const [inputs, attrs] = known;
      return [{ name, inputs, attrs, outputs: [value] }];
    } catch (error) {
      // What follows the batch otherwise is told when it is written.
      if (error instanceof TapegradError) return [];
      throw error;
    }
  });
}
