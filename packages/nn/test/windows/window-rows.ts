import { type Tensor, tensor, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";

const f = nn.functional;
type Run = (...inputs: Tensor[]) => Tensor;

/** What is computed, of inputs of which shapes. */
export interface WindowRow {
  readonly shapes: readonly (readonly number[])[];
  readonly run: Run;
}

const [image, signal, volume] = [[2, 3, 5, 7], [2, 3, 7], [1, 2, 3, 4, 5]] as const; // prettier-ignore
const table = [6, 4];
const ints = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });
const rows: Record<string, WindowRow> = {};

function row(name: string, shapes: readonly (readonly number[])[], run: Run): void {
  rows[name] = { shapes, run };
}

const shapes = { linear: signal, bilinear: image, trilinear: volume, bicubic: image } as const;
for (const mode of Object.keys(shapes) as (keyof typeof shapes)[]) {
  const shape = shapes[mode];
  for (const alignCorners of [false, true]) {
    for (const to of [[9, 4, 8], [2, 11, 5], [1, 1, 1]]) {
      const size = to.slice(0, shape.length - 2);
      row(`${mode} to [${size.join(", ")}], align ${alignCorners}`, [shape], (x) => f.interpolate(x, { size, mode, alignCorners }));
    }
    for (const scaleFactor of [2, 1.7, 0.6]) {
      row(`${mode} by ${scaleFactor}, align ${alignCorners}`, [shape], (x) => f.interpolate(x, { scaleFactor, mode, alignCorners }));
    }
  }
  row(`${mode} by 1.7, recomputed`, [shape], (x) => f.interpolate(x, { scaleFactor: 1.7, mode, recomputeScaleFactor: true }));
} // prettier-ignore
for (const mode of ["nearest", "nearest-exact", "area"] as const) {
  for (const size of [[9, 4], [2, 11], [10, 14], [1, 1], [15, 7]]) {
    row(`${mode} to [${size.join(", ")}]`, [image], (x) => new nn.UpSampling({ size, mode }).forward(x));
  }
  for (const scaleFactor of [2, 3, 1.7, 0.6]) {
    row(`${mode} by ${scaleFactor}`, [image], (x) => f.interpolate(x, { scaleFactor, mode }));
  }
} // prettier-ignore
row("bilinear by 2 and 0.5", [image], (x) => f.interpolate(x, { scaleFactor: [2, 0.5], mode: "linear" }));

const negative = [[1, -1], [-2, 3]] as const; // prettier-ignore
row("pad constant", [image], (x) => new nn.ZeroPad([[0, 3], [1, 2]]).forward(x)); // prettier-ignore
row("pad reflect", [image], (x) => new nn.ReflectionPad([[4, 3], [1, 2]]).forward(x)); // prettier-ignore
row("pad replicate", [image], (x) => new nn.ReplicationPad([[0, 7], [6, 2]]).forward(x)); // prettier-ignore
row("pad circular", [image], (x) => new nn.CircularPad([[5, 3], [7, 2]]).forward(x)); // prettier-ignore
row("pad constant, negative", [image], (x) => new nn.ConstantPad(negative, 1.5).forward(x));
row("pad reflect, negative", [image], (x) => new nn.ReflectionPad(negative).forward(x));
row("pad replicate, negative", [image], (x) => new nn.ReplicationPad(negative).forward(x));
row("pad circular, negative", [image], (x) => new nn.CircularPad(negative).forward(x));

row("pixel shuffle", [[2, 12, 3, 4]], (x) => new nn.PixelShuffle(2).forward(x));
row("pixel unshuffle", [[2, 3, 4, 6]], (x) => new nn.PixelUnshuffle(2).forward(x));
row("channel shuffle", [[2, 6, 3, 4]], (x) => new nn.ChannelShuffle(3).forward(x));

function unpool(
  x: Tensor,
  size: readonly number[],
  padding: readonly number[],
  outputSize?: readonly number[],
): Tensor {
  const { values, indices } = f.maxPoolWithIndices(x, size, { padding });
  return new nn.MaxUnpool2d(size, { padding }).forward(values, indices, outputSize);
}
row("max unpool", [[2, 3, 4, 6]], (x) => unpool(x, [2, 2], [0, 0]));
row("max unpool to a size", [image], (x) => unpool(x, [2, 2], [0, 0], [5, 7]));
row("max unpool with padding", [image], (x) => unpool(x, [3, 2], [1, 0], [5, 7]));

for (const p of [1, 2, 3]) {
  row(`lp pool 1d, p ${p}`, [signal], (x) => f.lpPool1d(x.square().add(0.1), p, 3, { stride: 2 }));
  row(`lp pool 2d, p ${p}, ceil`, [image], (x) => new nn.LPPool2d(p, [3, 2], { stride: 2, ceilMode: true }).forward(x.square().add(0.1)));
} // prettier-ignore

const samples = tensor([0.1, 0.8, 0.35, 0.6, 0.95, 0.05, 0.5, 0.25, 0, 0.7, 0.45, 0.9], { dtype: "float64" });
const [ofImages, ofVolumes] = [samples.reshape([2, 3, 2]), samples.slice([0, 6]).reshape([1, 2, 3])];
row("fractional max pool 2d", [image], (x) => f.fractionalMaxPool2d(x, [2, 3], { outputSize: [3, 4], samples: ofImages })); // prettier-ignore
row("fractional max pool 3d", [volume], (x) => f.fractionalMaxPool3d(x, 2, { outputSize: [1, 2, 3], samples: ofVolumes })); // prettier-ignore
row("fractional max pool by a ratio", [image], (x) => f.fractionalMaxPool2d(x, 2, { outputRatio: 0.7, samples: ofImages })); // prettier-ignore

for (const mode of ["bilinear", "nearest", "bicubic"] as const) {
  for (const paddingMode of ["zeros", "border", "reflection"] as const) {
    for (const alignCorners of [false, true]) {
      row(`grid sample, ${mode}, ${paddingMode}, align ${alignCorners}`, [image, [2, 4, 3, 2]], (x, grid) =>
        f.gridSample(x, grid!.mul(2.2), { mode, paddingMode, alignCorners }),
      );
    }
  }
}
for (const paddingMode of ["zeros", "border", "reflection"] as const) {
  row(`grid sample of volumes, ${paddingMode}`, [volume, [1, 2, 4, 3, 3]], (x, grid) =>
    f.gridSample(x, grid!.mul(1.5), { paddingMode }),
  );
}
for (const alignCorners of [false, true]) {
  row(`affine grid, align ${alignCorners}`, [[2, 2, 3]], (theta) => f.affineGrid(theta, [3, 4], { alignCorners }));
  row(`affine grid of volumes, align ${alignCorners}`, [[2, 3, 4]], (theta) =>
    f.affineGrid(theta, [3, 4, 1], { alignCorners }),
  );
}

row("bilinear map", [[2, 5, 3], [2, 5, 4], [6, 3, 4], [6]], (a, b, weight, bias) => f.bilinear(a, b!, weight!, bias)); // prettier-ignore

const index = ints(3, 0, 3, 5, 1, 1, 4);
const offsets = ints(0, 2, 2, 5);
row("embedding, padding and frequencies", [table], (w) => f.embedding(index, w, { paddingIndex: 1, scaleGradByFreq: true })); // prettier-ignore
for (const normType of [1, 2, 3]) {
  row(`embedding, max norm ${normType}`, [table], (w) => f.embedding(index, w, { maxNorm: 1.2, normType }));
}
for (const mode of ["sum", "mean", "max"] as const) {
  row(`embedding bag, ${mode}, offsets`, [table], (w) => f.embeddingBag(index, w, { offsets, mode }));
  row(`embedding bag, ${mode}, padding`, [table], (w) => f.embeddingBag(index, w, { offsets, mode, paddingIndex: 3 }));
  row(`embedding bag, ${mode}, rows`, [table], (w) => f.embeddingBag(index.slice([0, 6]).reshape([2, 3]), w, { mode }));
}
for (const mode of ["sum", "mean"] as const) {
  row(`embedding bag, ${mode}, frequencies`, [table], (w) => f.embeddingBag(index, w, { offsets, mode, scaleGradByFreq: true })); // prettier-ignore
}
row("embedding bag, weights", [table, [7]], (w, perSampleWeights) => f.embeddingBag(index, w, { offsets, mode: "sum", perSampleWeights, paddingIndex: -1 })); // prettier-ignore
row("embedding bag, last offset", [table], (w) => f.embeddingBag(index, w, { offsets: ints(0, 2, 4, 7), includeLastOffset: true })); // prettier-ignore

/** Of the dtype of its inputs, with the filters that it is given. */
function transposed(x: Tensor, weight: Tensor, bias: Tensor, outputSize: readonly number[]): Tensor {
  const layer = new nn.ConvTranspose2d(3, 2, 3, {
    stride: 2,
    padding: 1,
    outputPadding: 1,
    dtype: x.dtype as "float64",
  });
  return nn.functionalCall(layer, { weight, bias }, x, zeros(outputSize));
}
for (const size of [[9, 13], [10, 14]]) {
  row(`transposed convolution to [${size.join(", ")}]`, [image, [3, 2, 3, 3], [2]], (x, w, b) => transposed(x, w!, b!, size));
} // prettier-ignore

/** What layers over windows and positions compute, by the names that `make-fixtures.py` gives it. */
export const windowRows: Readonly<Record<string, WindowRow>> = rows;

/** Small inputs of those whose derivatives are held against finite differences; LPPool's and maxima stay off their kinks. */
export const differentiated: readonly (readonly [name: string, shapes: readonly (readonly number[])[]])[] = [
  ["linear by 1.7, align false", [[1, 2, 3]]],
  ["bilinear to [2, 11], align true", [[1, 1, 3, 4]]],
  ["bicubic by 0.6, align false", [[1, 1, 4, 5]]],
  ["trilinear by 2, align false", [[1, 1, 1, 2, 2]]],
  ["nearest by 2", [[1, 1, 2, 3]]],
  ["nearest by 1.7", [[1, 1, 2, 3]]],
  ["area to [2, 11]", [[1, 1, 3, 2]]],
  ["pad reflect, negative", [[1, 1, 4, 6]]],
  ["pad circular, negative", [[1, 1, 4, 6]]],
  ["pad replicate, negative", [[1, 1, 4, 6]]],
  ["pixel shuffle", [[4, 1, 2]]],
  ["pixel unshuffle", [[1, 2, 4]]],
  ["channel shuffle", [[1, 3, 2]]],
  ["max unpool", [[1, 1, 4, 2]]],
  ["lp pool 1d, p 3", [[1, 1, 5]]],
  ["lp pool 2d, p 2, ceil", [[1, 1, 3, 3]]],
  ["fractional max pool 3d", [volume]],
  ["grid sample, bilinear, zeros, align false", [[1, 2, 2, 3], [1, 2, 2, 2]]],
  ["grid sample, bilinear, border, align true", [[1, 2, 2, 3], [1, 2, 2, 2]]],
  ["grid sample, bilinear, reflection, align false", [[1, 2, 2, 3], [1, 2, 2, 2]]],
  ["grid sample, bicubic, zeros, align false", [[1, 1, 3, 3], [1, 1, 2, 2]]],
  ["grid sample, bicubic, reflection, align true", [[1, 1, 3, 3], [1, 1, 2, 2]]],
  ["grid sample of volumes, zeros", [[1, 1, 2, 2, 2], [1, 1, 1, 2, 3]]],
  ["affine grid, align false", [[1, 2, 3]]],
  ["bilinear map", [[2, 2], [2, 3], [2, 2, 3], [2]]],
  ["embedding bag, mean, padding", [table]],
  ["embedding bag, max, offsets", [table]],
  ["embedding bag, weights", [table, [7]]],
]; // prettier-ignore
