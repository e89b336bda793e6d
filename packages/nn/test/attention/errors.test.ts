import { zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional, MultiHeadAttention, PositionalEncoding, TransformerEncoderLayer } from "../../src/index.ts";

const { scaledDotProductAttention: attend, multiHeadAttention } = functional;

describe("attention errors", () => {
  const x = zeros([2, 3]);
  const fit = zeros([2, 4]);
  const weights = { inProjWeight: zeros([12, 4]), outProjWeight: zeros([4, 4]) };
  it.each<readonly [() => unknown, string]>([
    [() => attend(zeros([3]), x, x), "scaledDotProductAttention: expected query of at least two axes, got shape [3]."],
    [() => attend(x, zeros([2, 4]), x), "scaledDotProductAttention: expected a key of shape [..., 3], got [2, 4]."],
    [() => attend(x, x, zeros([3, 3])), "scaledDotProductAttention: expected a value of shape [..., 2, features], got [3, 3]."],
    [() => attend(x, x, x, { mask: zeros([1, 2, 2]) }), "scaledDotProductAttention: expected a mask that broadcasts to [2, 2], got [1, 2, 2]."],
    [() => attend(x, x, x, { scale: NaN }), "scaledDotProductAttention: expected scale to be a finite number, got NaN."],
    [() => attend(x, x, x, { rate: 2 }), "scaledDotProductAttention: expected rate in [0, 1], got 2."],
    [() => attend(x, x, x, { isCausal: true } as object), 'scaledDotProductAttention: expected options mask, causal, scale, rate, training, generator, enableGqa, got "isCausal". Did you mean "causal"?'],
    [() => attend(zeros([3, 2, 4]), zeros([2, 2, 4]), zeros([2, 2, 4]), { enableGqa: true }), "scaledDotProductAttention: expected key of shape [..., groups, keys, features] whose groups divide the heads of the query, got [2, 2, 4] for [3, 2, 4]."],
    [() => attend(x, x, x, { enableGqa: true }), "scaledDotProductAttention: expected key of shape [..., groups, keys, features] whose groups divide the heads of the query, got [2, 3] for [2, 3]."],
    [() => multiHeadAttention(zeros([2, 4]), x, x, 3, weights), "multiHeadAttention: expected heads to divide 4 features, got 3."],
    [() => multiHeadAttention(x, fit, fit, 2, weights), "multiHeadAttention: expected query of shape [..., 4], got [2, 3]."],
    [() => multiHeadAttention(fit, fit, zeros([3, 4]), 2, weights), "multiHeadAttention: expected as many values as keys, got shapes [3, 4] and [2, 4]."],
    [() => multiHeadAttention(fit, fit, fit, 2, { ...weights, inProjWeight: [fit] as never }), "multiHeadAttention: expected inProjWeight of query, key and value, got 1 tensors."],
    [() => multiHeadAttention(fit, fit, fit, 2, weights, { mask: zeros([3, 2]) }), "multiHeadAttention: expected a mask that broadcasts to [2, 2, 2], got [3, 2]."],
    [() => multiHeadAttention(fit, fit, fit, 2, { ...weights, inProjWeight: zeros([8, 4]) }), "multiHeadAttention: expected inProjWeight of shape [12, in], got [8, 4]."],
    [() => multiHeadAttention(fit, fit, fit, 2, { ...weights, inProjBias: zeros([4]) }), "multiHeadAttention: expected inProjBias of shape [12], got [4]."],
    [() => multiHeadAttention(x, x, x, 2, { ...weights, inProjWeight: [x, x, x] }), "multiHeadAttention: expected projections of shape [4, in], got [2, 3]."],
    [() => new MultiHeadAttention(0, 1), "MultiHeadAttention: expected features to be a whole number ≥ 1, got 0."],
    [() => new MultiHeadAttention(4, 0.5), "MultiHeadAttention: expected heads to divide 4 features, got 0.5."],
    [() => new MultiHeadAttention(4, 2, { dropout: -1 }), "MultiHeadAttention: expected dropout in [0, 1], got -1."],
    [() => new MultiHeadAttention(4, 2, { dtype: "bool" as "float32" }), "MultiHeadAttention: expected dtype float32 or float64, got bool."],
    [() => new MultiHeadAttention(4, 2, { kdim: 2 } as object), 'generator, dtype, got "kdim".'],
    [() => new TransformerEncoderLayer(4, 2, { hiddenFeatures: 0 }), "TransformerEncoderLayer: expected hiddenFeatures to be a whole number ≥ 1, got 0."],
    [() => new TransformerEncoderLayer(4, 2, { heads: 2 } as object), 'generator, dtype, got "heads".'],
    [() => functional.positionalEncoding(0, 2), "positionalEncoding: expected length to be a whole number ≥ 1, got 0."],
    [() => functional.positionalEncoding(1, 2, { base: 0 }), "positionalEncoding: expected base > 0, got 0."],
    [() => new PositionalEncoding(3), "PositionalEncoding: expected features to be an even number ≥ 2, got 3."],
    [() => new PositionalEncoding(2).forward(zeros([2, 1, 4])), "PositionalEncoding: expected input of shape [time, batch, 2], got [2, 1, 4]."],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});
