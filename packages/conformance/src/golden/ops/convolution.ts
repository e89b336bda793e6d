import { functional as f } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import type { Adapter } from "../subject.ts";
import { type Arguments, given, operation } from "./arguments.ts";

type Convolution = (x: Tensor, weight: Tensor, bias: Tensor | undefined, options: f.ConvolutionOptions) => Tensor;
type Transposed = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options: f.TransposedConvolutionOptions,
) => Tensor;

function padding(a: Arguments): f.ConvolutionOptions["padding"] | undefined {
  const value = a.raw("padding");
  return value === "same" || value === "valid" ? value : a.oneOrMore("padding");
}

const groups = (a: Arguments): number | undefined => (a.raw("groups") === undefined ? undefined : a.number("groups"));

const convolution = (call: Convolution): Adapter =>
  operation(["input", "weight", "bias", "stride", "padding", "dilation", "groups"], (a) => {
    const options = given<f.ConvolutionOptions>({
      stride: a.oneOrMore("stride"),
      padding: padding(a),
      dilation: a.oneOrMore("dilation"),
      groups: groups(a),
    });
    return call(a.tensor("input"), a.tensor("weight"), a.maybeTensor("bias"), options);
  });

const transposed = (call: Transposed): Adapter =>
  operation(["input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"], (a) => {
    const options = given<f.TransposedConvolutionOptions>({
      stride: a.oneOrMore("stride"),
      padding: a.oneOrMore("padding"),
      outputPadding: a.oneOrMore("output_padding"),
      groups: groups(a),
      dilation: a.oneOrMore("dilation"),
    });
    return call(a.tensor("input"), a.tensor("weight"), a.maybeTensor("bias"), options);
  });

/** Convolutions, and the windows under them. */
export const convolutions: Readonly<Record<string, Adapter>> = {
  conv1d: convolution(f.conv1d),
  conv2d: convolution(f.conv2d),
  conv3d: convolution(f.conv3d),
  conv_transpose1d: transposed(f.convTranspose1d),
  conv_transpose2d: transposed(f.convTranspose2d),
  conv_transpose3d: transposed(f.convTranspose3d),
  unfold: operation(["input", "kernel_size", "dilation", "padding", "stride"], (a) =>
    f.unfold(
      a.tensor("input"),
      a.oneOrMore("kernel_size") ?? [],
      given<f.UnfoldOptions>({
        dilation: a.oneOrMore("dilation"),
        padding: a.oneOrMore("padding"),
        stride: a.oneOrMore("stride"),
      }),
    ),
  ),
};
