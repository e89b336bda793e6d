import { describe, expect, it } from "vitest";
import { Generator, randint, tensor } from "../index.ts";
import { apply } from "../internal.ts";
import type { MaximaAttrs } from "../primitives/primitive.ts";
import { useReference } from "./kernels.ts";

const generator = new Generator(3);
const none = [0, 0] as const;
const square = { stride: [2, 2], dilation: [1, 1] };
const cases: readonly (readonly [shape: readonly number[], attrs: MaximaAttrs])[] = [
  [[4, 5, 24, 24], { ...square, size: [2, 2], margins: [none, none] }],
  [[4, 5, 25, 23], { ...square, size: [2, 2], margins: [none, none] }],
  [[4, 5, 23, 25], { ...square, size: [3, 3], margins: [[1, 1], [1, 1]] }], // prettier-ignore
  [[4, 5, 23, 25], { size: [3, 2], stride: [1, 3], dilation: [2, 1], margins: [[0, 2], [1, 0]] }], // prettier-ignore
  [[3000], { size: [5], stride: [1], dilation: [1], margins: [[4, 4]] }],
  [[2, 3, 9, 9, 9], { size: [2, 3, 2], stride: [2, 2, 2], dilation: [1, 1, 1], margins: [none, [1, 1], none] }],
];
const drawn = { numbers: [1, 2, 3, 4, -5, 0.5], "what is no number": [NaN, 0, -0, Infinity, -Infinity, 1] };

describe.each(cases)("maxima of %j in windows %j", (shape, attrs) => {
  it.each(Object.entries(drawn))("are those of the reference: %s", (_, values) => {
    const data = Float64Array.from(randint(0, values.length, shape, { generator }).data, (i) => values[i]!);
    const x = tensor(data, { shape });
    const both = (): unknown[] => {
      const [taken] = apply("gatherMaxima", [x, x], attrs);
      const [places] = apply(
        "gatherMaxima",
        [
          x,
          tensor(
            data.map((__, i) => i),
            { shape },
          ),
        ],
        attrs,
      );
      const [given] = apply("scatterMaxima", [x, places], attrs);
      return [taken, places, given].map((t) => t.data);
    };
    const [kernels, reference] = [false, true].map((flag) => {
      useReference(flag);
      return both();
    });
    useReference(false);
    expect(kernels).toEqual(reference);
  });
});
