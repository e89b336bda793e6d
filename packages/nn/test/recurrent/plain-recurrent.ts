import type { Tensor } from "@tapegrad/tensor";

/** Numbers. */
export type Vector = readonly number[];
/** Weights of a cell. */
export interface Plain {
  readonly weightIh: readonly Vector[];
  readonly weightHh: readonly Vector[];
  readonly biasIh: Vector;
  readonly biasHh: Vector;
}
/** One step for one sample, in scalars: h and c from x, h and c. */
export type PlainStep = (x: Vector, h: Vector, c: Vector, w: Plain) => readonly [h: number[], c: number[]];

const at = (v: Vector, i: number): number => v[i]!;
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const affine = (w: readonly Vector[], x: Vector, b: Vector, row: number): number =>
  x.reduce((sum, value, k) => sum + value * at(w[row]!, k), at(b, row));
const both = (x: Vector, h: Vector, w: Plain, row: number): number =>
  affine(w.weightIh, x, w.biasIh, row) + affine(w.weightHh, h, w.biasHh, row);

/** The steps of all layers. */
export const steps: Record<string, PlainStep> = {
  tanh: (x, h, c, w) => [h.map((_, j) => Math.tanh(both(x, h, w, j))), [...c]],
  relu: (x, h, c, w) => [h.map((_, j) => Math.max(both(x, h, w, j), 0)), [...c]],
  lstm: (x, h, c, w) => {
    const n = h.length;
    const memory = c.map(
      (old, j) => sigmoid(both(x, h, w, n + j)) * old + sigmoid(both(x, h, w, j)) * Math.tanh(both(x, h, w, 2 * n + j)),
    );
    return [memory.map((value, j) => sigmoid(both(x, h, w, 3 * n + j)) * Math.tanh(value)), memory];
  },
  gru: (x, h, c, w) => {
    const n = h.length;
    const next = h.map((old, j) => {
      const [r, z] = [sigmoid(both(x, h, w, j)), sigmoid(both(x, h, w, n + j))];
      const row = 2 * n + j;
      const fresh = Math.tanh(affine(w.weightIh, x, w.biasIh, row) + r * affine(w.weightHh, h, w.biasHh, row));
      return (1 - z) * fresh + z * old;
    });
    return [next, [...c]];
  },
  "gru of the paper": (x, h, c, w) => {
    const n = h.length;
    const reset = h.map((old, j) => old * sigmoid(both(x, h, w, j)));
    const next = h.map((old, j) => {
      const z = sigmoid(both(x, h, w, n + j));
      return (1 - z) * Math.tanh(both(x, reset, w, 2 * n + j)) + z * old;
    });
    return [next, [...c]];
  },
};

/** What Keras does with a mask `[time][batch]`. */
export interface Masked {
  readonly counts: readonly (readonly boolean[])[];
  readonly zeroOutput: boolean;
}

/** Runs a step over [time, batch, in], layer by layer, direction by direction; weights by PyTorch's keys. */
export function plain(
  step: PlainStep,
  x: number[][][],
  h0: number[][][],
  c0: number[][][],
  dict: Readonly<Record<string, Tensor>>,
  directions: number,
  masked?: Masked,
): { output: number[][][]; h: number[][][]; c: number[][][] } {
  const last = { h: structuredClone(h0), c: structuredClone(c0) };
  let input = x;
  for (let k = 0; k < h0.length; k += directions) {
    const output = input.map((rows) => rows.map((): number[] => []));
    for (let d = 0; d < directions; d++) {
      const suffix = `l${k / directions}${d === 1 ? "_reverse" : ""}`;
      const zeroBias = Array.from({ length: dict[`weight_hh_${suffix}`]!.shape[0]! }, () => 0);
      const w: Plain = {
        weightIh: dict[`weight_ih_${suffix}`]?.toArray() as number[][],
        weightHh: dict[`weight_hh_${suffix}`]?.toArray() as number[][],
        biasIh: (dict[`bias_ih_${suffix}`]?.toArray() as number[] | undefined) ?? zeroBias,
        biasHh: (dict[`bias_hh_${suffix}`]?.toArray() as number[] | undefined) ?? zeroBias,
      };
      const times = input.map((_, t) => (d === 0 ? t : input.length - 1 - t));
      const shown = x[0]!.map(() => Array.from({ length: h0[0]![0]!.length }, () => 0));
      for (const t of times) {
        input[t]!.forEach((row, sample) => {
          const [hs, cs] = [last.h[k + d]!, last.c[k + d]!];
          const counts = masked === undefined || masked.counts[t]![sample]!;
          if (counts) {
            const [h, c] = step(row, hs[sample]!, cs[sample]!, w);
            hs[sample] = h;
            cs[sample] = c;
            shown[sample] = h;
          }
          const isZero = !counts && masked?.zeroOutput === true;
          output[t]?.[sample]?.push(...shown[sample]!.map((value) => (isZero ? 0 : value)));
        });
      }
    }
    input = output;
  }
  return { output: input, ...last };
}
