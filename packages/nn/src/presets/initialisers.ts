import { assign, cat, type Tensor, zeros } from "@tapegrad/tensor";
import { fillUniform, type RandomOptions } from "../init/fill.ts";
import type { Initializer } from "../init/initializer.ts";
import { orthogonal } from "../init/orthogonal.ts";
import { varianceScaling } from "../init/variance-scaling.ts";

/** Ones for the forget gate of an LSTM, and zeros: `unit_forget_bias` of Keras. */
export const forgetOnes: Initializer = (bias: Tensor) => {
  const hidden = bias.size / 4;
  const none = zeros([hidden], { dtype: bias.dtype });
  assign(bias, cat([none, none.add(1), none, none])); // input, forget, cell, output
};

/** `U(±1/√hidden)` for the new gate of a GRU, and zeros for the gates whose second bias MLX does not have. */
export const newGateUniform: Initializer = (bias: Tensor, options: RandomOptions) => {
  const hidden = bias.size / 3;
  const bound = 1 / Math.sqrt(hidden);
  const none = zeros([2 * hidden], { dtype: bias.dtype });
  assign(bias, cat([none, fillUniform(zeros([hidden], { dtype: bias.dtype }), -bound, bound, options)])); // reset, update, new
};

/** An orthogonal matrix for each gate, where `"orthogonal"` is one for all of them together. */
export const orthogonalGates: Initializer = (weight: Tensor, options: RandomOptions) => {
  const [rows = 0, hidden = 0] = weight.shape;
  const gate = (): Tensor => orthogonal(zeros([hidden, hidden], { dtype: weight.dtype }), options);
  assign(weight, cat(Array.from({ length: rows / hidden }, gate)));
};

/** `N(0, 1 / features)` for a table of vectors. */
export const scaledNormal: Initializer = (table: Tensor, options: RandomOptions) =>
  varianceScaling(table, { distribution: "normal", ...options });

// Filters of transposed convolutions are [in, out, ...]: what reaches an output is their fan out.

/** `"lecunNormal"` for a transposed convolution. */
export const lecunNormalTransposed: Initializer = (weight: Tensor, options: RandomOptions) =>
  varianceScaling(weight, { mode: "fanOut", ...options });

/** `U(±1/√inputs)` for a transposed convolution, where PyTorch takes the number of outputs. */
export const uniformTransposed: Initializer = (weight: Tensor, options: RandomOptions) =>
  varianceScaling(weight, { scale: 1 / 3, mode: "fanOut", distribution: "uniform", ...options });
