import { functional as f } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import type { Adapter } from "../subject.ts";
import { given, operation } from "./arguments.ts";

const max = (call: (x: Tensor, size: f.PerAxis, options: f.MaxPoolOptions) => Tensor, rank: number): Adapter =>
  operation(["input", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices"], (a) => {
    const [x, size] = [a.tensor("input"), a.oneOrMore("kernel_size") ?? []];
    const options = given<f.MaxPoolOptions>({
      stride: a.oneOrMore("stride"),
      padding: a.oneOrMore("padding"),
      dilation: a.oneOrMore("dilation"),
      ceilMode: a.flag("ceil_mode", false),
    });
    if (!a.flag("return_indices", false)) return call(x, size, options);
    const { values, indices } = f.maxPoolWithIndices(
      x,
      typeof size === "number" ? new Array<number>(rank).fill(size) : size,
      options,
    );
    return [values, indices];
  });

const average = (call: (x: Tensor, size: f.PerAxis, options: f.AveragePoolOptions) => Tensor): Adapter =>
  operation(
    ["input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"],
    (a) => {
      const options = given<f.AveragePoolOptions>({
        stride: a.oneOrMore("stride"),
        padding: a.oneOrMore("padding"),
        ceilMode: a.flag("ceil_mode", false),
        countIncludePad: a.flag("count_include_pad", true),
        divisor: a.raw("divisor_override") === undefined ? undefined : a.number("divisor_override"),
      });
      return call(a.tensor("input"), a.oneOrMore("kernel_size") ?? [], options);
    },
  );

const adaptive = (call: (x: Tensor, outputSize: f.OutputSize) => Tensor): Adapter =>
  operation(["input", "output_size"], (a) => call(a.tensor("input"), a.raw("output_size") as f.OutputSize));

/** Pooling over windows. */
export const pooling: Readonly<Record<string, Adapter>> = {
  max_pool1d: max(f.maxPool1d, 1),
  max_pool2d: max(f.maxPool2d, 2),
  max_pool3d: max(f.maxPool3d, 3),
  avg_pool1d: average(f.avgPool1d),
  avg_pool2d: average(f.avgPool2d),
  avg_pool3d: average(f.avgPool3d),
  adaptive_avg_pool1d: adaptive(f.adaptiveAvgPool1d),
  adaptive_avg_pool2d: adaptive(f.adaptiveAvgPool2d),
  adaptive_avg_pool3d: adaptive(f.adaptiveAvgPool3d),
  adaptive_max_pool1d: adaptive(f.adaptiveMaxPool1d),
  adaptive_max_pool2d: adaptive(f.adaptiveMaxPool2d),
  adaptive_max_pool3d: adaptive(f.adaptiveMaxPool3d),
};
