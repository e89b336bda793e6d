import { type Tensor, tensor } from "@tapegrad/tensor";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type Module,
  MultiHeadAttention,
  Transformer,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "../../src/index.ts";
import { digest, fillWithWaves, wave } from "../networks/waves.ts";

/** What PyTorch gives, by `make-fixtures.py`; masks of bools are as it has them, true where one may not look. */
interface Fixtures {
  readonly heads: Readonly<Record<string, HeadsCase>>;
  readonly masks: Readonly<Record<"source" | "target" | "memory" | "between", boolean[][]>>;
  readonly models: Readonly<Record<string, readonly ModelCase[]>>;
}
interface HeadsCase {
  readonly options: { bias?: false; add_bias_kv?: true; add_zero_attn?: true; kdim?: number; vdim?: number };
  readonly shapes: readonly number[][];
  readonly padding: boolean[] | boolean[][] | null;
  readonly mask: boolean[][] | (number | "-Infinity")[][] | null;
  readonly keys: readonly string[];
  readonly output: number;
  readonly mean: readonly [shape: number[], digest: number];
  readonly weights: readonly [shape: number[], digest: number];
  readonly gradients: readonly number[];
}
interface ModelCase {
  readonly normFirst: boolean;
  readonly activation: "relu" | "gelu";
  readonly keys: readonly string[];
  readonly output: number;
  readonly gradients: readonly number[];
}
const { heads, masks, models } = JSON.parse(
  readFileSync(new URL("attention.json", import.meta.url), "utf8"),
) as Fixtures;

/** True where one may look, from PyTorch's bools. */
const shown = (hidden: readonly unknown[]): Tensor => tensor(hidden as number[][], { dtype: "bool" }).logicalNot();
const leaf = (shape: readonly number[], i: number): Tensor => wave(shape, i + 1).requiresGrad_();

function expectDigest(got: Tensor | undefined, want: number): void {
  const { sum, scale } = digest(got!);
  expect(Math.abs(sum - want)).toBeLessThanOrEqual(1e-12 * scale);
}

/** Digests of the gradients of parameters by name, and of what came in. */
function expectGradients(
  module: Module<never>,
  inputs: readonly Tensor[],
  output: Tensor,
  want: readonly number[],
): void {
  output.backward(wave(output.shape, 0.25));
  const byName = module.namedParameters().toSorted(([a], [b]) => (a < b ? -1 : 1));
  const got = [...byName.map(([, p]) => p), ...inputs].map((t) => t.grad);
  expect(got.length).toBe(want.length);
  got.forEach((grad, i) => expectDigest(grad, want[i]!));
}

describe("MultiHeadAttention is PyTorch's, in float64", () => {
  it.each(Object.entries(heads))("%s", (_name, { options, shapes, padding, mask, ...want }) => {
    const layer = new MultiHeadAttention(6, 2, {
      bias: options.bias ?? true,
      addBiasKV: options.add_bias_kv ?? false,
      addZeroAttention: options.add_zero_attn ?? false,
      keyFeatures: options.kdim,
      valueFeatures: options.vdim,
      batchFirst: true,
      dtype: "float64",
    });
    expect(Object.keys(layer.stateDict())).toEqual(want.keys);
    fillWithWaves(layer);
    const [q, k, v] = shapes.map(leaf) as [Tensor, Tensor, Tensor];
    const bools = typeof mask?.[0]?.[0] === "boolean";
    const looks = mask === null ? undefined : bools ? shown(mask) : tensor((mask as unknown[][]).map((row) => row.map(Number)), { dtype: "float64" });
    const counts = padding === null ? undefined : shown(padding);
    const given = { mask: looks, keyPaddingMask: counts };
    const output = layer.forward(q, k, v, looks, counts);
    expectDigest(output, want.output);
    expect(layer.forwardWithWeights(q, k, v, given).output.toArray()).toEqual(output.toArray());
    for (const [averageAttentionWeights, [shape, sum]] of [[true, want.mean], [false, want.weights]] as const) {
      const { weights } = layer.forwardWithWeights(q, k, v, { ...given, averageAttentionWeights });
      expect(weights.shape).toEqual(shape);
      expectDigest(weights, sum);
    }
    expectGradients(layer, [q, k, v], output, want.gradients);
  }); // prettier-ignore
});

describe("Transformers are PyTorch's, in float64", () => {
  const [between, source] = [shown(masks.between), shown(masks.source)];
  const decoding = {
    memoryMask: shown(masks.memory),
    tgtKeyPaddingMask: shown(masks.target),
    memoryKeyPaddingMask: source,
  };
  const later = { ...decoding, tgtMask: Transformer.generateSquareSubsequentMask(3) };
  type Options = { readonly causal: boolean; readonly dtype: "float64" };
  type Run = (src: Tensor, tgt: Tensor, causal: boolean) => Tensor;
  const makers: Readonly<Record<string, (options: Options) => readonly [Module<never>, Run]>> = {
    "an encoder layer": (options) => {
      const layer = new TransformerEncoderLayer(8, 2, options);
      return [layer, (src) => layer.forward(src, between, source)];
    },
    "a decoder layer": (options) => {
      const layer = new TransformerDecoderLayer(8, 2, options);
      return [layer, (src, tgt, causal) => layer.forward(tgt, src, causal ? decoding : later)];
    },
    "an encoder": (options) => {
      const encoder = new TransformerEncoder(8, 2, 2, { ...options, norm: true });
      return [encoder, (src) => encoder.forward(src, between, source)];
    },
    "a decoder": (options) => {
      const decoder = new TransformerDecoder(8, 2, 2, options);
      return [decoder, (src, tgt, causal) => decoder.forward(tgt, src, causal ? decoding : later)];
    },
    "a Transformer": (options) => {
      const model = new Transformer(8, 2, { ...options, numEncoderLayers: 2, numDecoderLayers: 1 });
      const ofSource = { srcMask: between, srcKeyPaddingMask: source };
      return [model, (src, tgt, causal) => model.forward(src, tgt, { ...ofSource, ...(causal ? decoding : later) })];
    },
    "a Transformer without masks": (options) => {
      const model = new Transformer(8, 2, { ...options, numEncoderLayers: 1, numDecoderLayers: 2 });
      return [model, (src, tgt) => model.forward(src, tgt)];
    },
  };
  // By the mask, and by the option.
  const isCausal = (name: string): boolean => name.includes("decoder") || name === "a Transformer";
  const cases = Object.entries(models).flatMap(([name, all]) =>
    all.flatMap((each) =>
      (isCausal(name) ? [false, true] : [false]).map((causal) => ({ ...each, name, causal, keys: all[0]!.keys })),
    ),
  );

  it.each(cases)(
    "$name, normFirst $normFirst, $activation, causal $causal",
    ({ name, causal, keys, output, gradients, ...given }) => {
      const options = { hiddenFeatures: 12, dropout: 0, eps: 1e-3, ...given, causal, dtype: "float64" } as const;
      const [model, run] = makers[name]!(options);
      expect(Object.keys(model.stateDict())).toEqual(keys);
      fillWithWaves(model);
      const [src, tgt] = [leaf([4, 2, 8], 0), leaf([3, 2, 8], 1)];
      const got = run(src, tgt, causal);
      expectDigest(got, output);
      expectGradients(model, name.startsWith("an encoder") ? [src] : [src, tgt], got, gradients);
      model.eval();
      expect(run(src, tgt, causal).toArray()).toEqual(got.toArray());
    },
  );
});
