import type { AttrsOf, ContractionSignatures, IndexingSignatures } from "@tapegrad/tensor/internal";
import { at, build, fiber, moved, type Nd, positions } from "../nd.ts";
import { type Case, drawn, type Entries, given } from "./case.ts";

const swapped = (x: Nd): Nd => {
  const lead = x.shape.slice(0, -2);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  return build([...lead, columns, rows], (position) => {
    const [i, j] = position.slice(-2) as [number, number];
    return at(x, [...position.slice(0, -2), j, i]);
  });
};

const matmul = (a: Nd, b: Nd): Nd => {
  const ndim = Math.max(a.shape.length, b.shape.length);
  const lead = Array.from({ length: ndim - 2 }, (_, axis) => {
    const extents = [a, b].map(({ shape }) => shape[shape.length - ndim + axis] ?? 1);
    return extents.find((extent) => extent !== 1) ?? 1;
  });
  const [m, k] = a.shape.slice(-2) as [number, number];
  return build([...lead, m, b.shape.at(-1)!], (position) => {
    const [i, j] = position.slice(-2) as [number, number];
    const batch = position.slice(0, -2);
    let sum = 0;
    // An extent of 1 is not repeated along k: both operands have the same there.
    for (let l = 0; l < k; l++) sum += at(a, [...batch, i, l]) * at(b, [...batch, l, j]);
    return sum;
  });
};

const product = (transposeA: boolean, transposeB: boolean, a: number[], b: number[]): Case<AttrsOf<"matmul">> => ({
  attrs: { transposeA, transposeB },
  inputs: [drawn(...a), drawn(...b)],
});

const index = (shape: readonly number[], data: readonly number[]) => given(shape, data, "int32");

const whole = given([7], [3, 1, 4, 1, 5, 5, 2], "int32");

type MaximaAttrs = AttrsOf<"gatherMaxima">;

const maximaCases: readonly (readonly [MaximaAttrs, readonly number[]])[] = [
  [{ size: [2], stride: [2], dilation: [1], margins: [[0, 0]] }, [7]],
  [{ size: [3], stride: [1], dilation: [2], margins: [[1, 2]] }, [2, 5]],
  [{ size: [2, 2], stride: [2, 2], dilation: [1, 1], margins: [[0, 0], [0, 0]] }, [2, 4, 6]], // prettier-ignore
  [{ size: [3, 2], stride: [2, 1], dilation: [1, 2], margins: [[1, 1], [0, 1]] }, [1, 5, 4]], // prettier-ignore
  [{ size: [2, 2], stride: [3, 3], dilation: [1, 1], margins: [[0, 0], [0, 0]] }, [0, 4, 5]], // prettier-ignore
  [{ size: [], stride: [], dilation: [], margins: [] }, [3]],
];

function windowsOf(shape: readonly number[], { size, stride, dilation, margins }: MaximaAttrs): number[] {
  const lead = shape.length - size.length;
  return shape.map((extent, axis) => {
    const k = axis - lead;
    if (k < 0) return extent;
    const span = (size[k]! - 1) * dilation[k]! + 1;
    return Math.floor((extent + margins[k]![0] + margins[k]![1] - span) / stride[k]!) + 1;
  });
}

/** The shape of all windows, and where the first maximum of each is. */
function maximaOf(x: Nd, attrs: MaximaAttrs) {
  const { size, stride, dilation, margins } = attrs;
  const lead = x.shape.length - size.length;
  const places = (position: readonly number[]): readonly number[] => {
    const inside = positions(size)
      .map((tap) =>
        position.map((p, axis) => {
          const k = axis - lead;
          return k < 0 ? p : p * stride[k]! - margins[k]![0] + tap[k]! * dilation[k]!;
        }),
      )
      .filter((place) => place.every((p, axis) => p >= 0 && p < x.shape[axis]!));
    return inside.reduce((best, place) => (at(x, place) > at(x, best) ? place : best));
  };
  return { shape: windowsOf(x.shape, attrs), places };
}

export const contractionCases: Entries<keyof ContractionSignatures | keyof IndexingSignatures> = {
  matmul: {
    reference: ([a, b], { transposeA, transposeB }) => [
      matmul(transposeA ? swapped(a!) : a!, transposeB ? swapped(b!) : b!),
    ],
    cases: [
      product(false, false, [2, 3], [3, 4]),
      product(true, false, [3, 2], [3, 4]),
      product(false, true, [2, 3], [4, 3]),
      product(true, true, [3, 2], [4, 3]),
      product(false, false, [2, 2, 3], [3, 2]),
      product(false, true, [2, 2, 3], [2, 3]),
      product(true, false, [2, 3, 2], [3, 2]),
      product(true, true, [2, 3, 2], [2, 3]),
      product(false, false, [2, 3], [2, 3, 2]),
      product(false, true, [2, 1, 2, 3], [3, 2, 3]),
      product(true, true, [2, 1, 3, 2], [1, 3, 2, 3]),
      product(false, false, [1, 1], [1, 1]),
      product(false, false, [0, 3], [3, 2]),
      product(false, false, [2, 0], [0, 2]),
    ],
  },
  gather: {
    reference: ([x, at1], { axis }) => [
      build(at1!.shape, (position) => at(x!, moved(position, axis, at(at1!, position)))),
    ],
    cases: [
      { attrs: { axis: 0 }, inputs: [drawn(4), index([3], [2, 0, 2])] },
      { attrs: { axis: 1 }, inputs: [drawn(2, 3), index([2, 2], [0, 0, 2, 1])] },
      { attrs: { axis: 0 }, inputs: [drawn(3, 2), index([2, 2], [0, 2, 1, 2])] },
      { attrs: { axis: 1 }, inputs: [drawn(2, 3), index([2, 1], [2, 0])] },
      { attrs: { axis: 0 }, inputs: [drawn(3), index([0], [])] },
    ],
  },
  scatterAdd: {
    reference: ([x, at1, src], { axis }) => [
      build(x!.shape, (position) =>
        fiber(at1!, position, [axis]).reduce(
          (sum, to, i) => (to === position[axis] ? sum + at(src!, moved(position, axis, i)) : sum),
          at(x!, position),
        ),
      ),
    ],
    cases: [
      { attrs: { axis: 0 }, inputs: [drawn(4), index([3], [2, 0, 2]), drawn(3)] },
      { attrs: { axis: 1 }, inputs: [drawn(2, 3), index([2, 2], [0, 0, 2, 1]), drawn(2, 2)] },
      { attrs: { axis: 0 }, inputs: [drawn(3, 2), index([2, 2], [0, 2, 1, 2]), drawn(2, 2)] },
      { attrs: { axis: 0 }, inputs: [drawn(3), index([0], []), drawn(0)] },
    ],
  },
  gatherMaxima: {
    reference: ([x, y], attrs) => {
      const { shape, places } = maximaOf(x!, attrs);
      return [build(shape, (position) => at(y!, places(position)))];
    },
    cases: [
      { attrs: maximaCases[0]![0], inputs: [whole, drawn(7)] },
      ...maximaCases.map(([attrs, shape]) => ({ attrs, inputs: [drawn(...shape), drawn(...shape)] })),
    ],
  },
  scatterMaxima: {
    reference: ([x, y], attrs) => {
      const { places } = maximaOf(x!, attrs);
      const sums = new Map<string, number>();
      for (const position of positions(y!.shape)) {
        const key = places(position).join();
        sums.set(key, (sums.get(key) ?? 0) + at(y!, position));
      }
      return [build(x!.shape, (position) => sums.get(position.join()) ?? 0)];
    },
    cases: [
      { attrs: maximaCases[0]![0], inputs: [whole, drawn(3)] },
      ...maximaCases.map(([attrs, shape]) => ({
        attrs,
        inputs: [drawn(...shape), drawn(...windowsOf(shape, attrs))],
      })),
    ],
  },
};
