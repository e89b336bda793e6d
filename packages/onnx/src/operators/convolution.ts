import { functional as F } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";
import { asPadding, checkWindows, halves, type Margins, pads, perAxis, slidingOf } from "./sliding.ts";

const convolutions = [F.conv1d, F.conv2d, F.conv3d];
const transposed = [F.convTranspose1d, F.convTranspose2d, F.convTranspose3d];

/** The function for the number of spatial axes. */
function byRank<T>(call: NodeCall, functions: readonly T[], rank: number): T {
  return functions[rank - 1] ?? call.fail("input[0]", `expected 1 to ${functions.length} spatial axes, got ${rank}`);
}

function convolve(call: NodeCall, x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  const extents = x.shape.slice(2);
  const sliding = slidingOf(call, extents, weight.shape.slice(2));
  checkWindows(call, x.shape, sliding);
  const { stride, dilation, margins } = sliding;
  const f = byRank(call, convolutions, extents.length);
  const options = { stride, dilation, groups: call.int("group", 1) };
  const padding = asPadding(sliding);
  if (padding !== undefined) return f(x, weight, bias, { ...options, padding });
  return f(x.pad([[0, 0], [0, 0], ...margins]), weight, bias, options);
}

/** A product of whole numbers, in float64, which holds them. */
function convolveIntegers(call: NodeCall): Tensor {
  const centred = (x: Tensor, zero: Tensor | undefined): Tensor => (zero === undefined ? x : x.sub(zero)).to("float64");
  return convolve(call, centred(call.input(0), call.inputs[2]), centred(call.input(1), call.inputs[3]), undefined).to(
    "int32",
  );
}

/** What is taken off the whole transposed convolution; `output_shape` decides, if it is given. */
function transposedMargins(
  call: NodeCall,
  whole: readonly number[],
  extents: readonly number[],
  stride: readonly number[],
): Margins {
  const auto = call.word("auto_pad", ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"], "NOTSET");
  const same = auto.startsWith("SAME") ? extents.map((extent, k) => extent * stride[k]!) : undefined;
  const wanted = call.ints("output_shape") ?? same;
  if (wanted === undefined) return pads(call, extents.length);
  call.extents("attribute.output_shape", wanted);
  return whole.map((extent, k) => {
    const total = extent - (wanted[k] ?? call.fail("attribute.output_shape", `expected ${whole.length} extents`));
    // More than there is becomes zeros at the end.
    return total < 0 ? [0, total] : halves(total, auto === "SAME_UPPER");
  });
}

function convolveTransposed(call: NodeCall): Tensor {
  const [x, weight, bias] = [call.input(0), call.input(1), call.inputs[2]];
  const extents = x.shape.slice(2);
  const rank = extents.length;
  const [stride, dilation] = [perAxis(call, "strides", rank), perAxis(call, "dilations", rank)];
  const outputPadding = perAxis(call, "output_padding", rank, 0);
  const options = { stride, dilation, outputPadding, groups: call.int("group", 1) };
  const most = extents.map(
    (extent, k) => extent * stride[k]! + (weight.shape[2 + k] ?? 1) * dilation[k]! + outputPadding[k]!,
  );
  call.extents("attribute.strides", [x.shape[0] ?? 1, weight.shape[1] ?? 1, ...most]);
  const f = byRank(call, transposed, rank);
  const given = pads(call, rank);
  const free = call.string("auto_pad", "NOTSET") === "NOTSET" && !call.has("output_shape");
  if (free && given.every(([low, high]) => low === high)) {
    return f(x, weight, bias, { ...options, padding: given.map(([low]) => low) });
  }
  const whole = f(x, weight, undefined, options);
  const margins = transposedMargins(call, whole.shape.slice(2), extents, stride);
  const cut = whole.pad([[0, 0], [0, 0], ...margins.map(([low, high]): [number, number] => [-low, -high])]);
  return bias === undefined ? cut : cut.add(bias.reshape([bias.size, ...extents.map(() => 1)]));
}

/** Convolutions. */
export const convolution: Operators = {
  Conv: (call) => convolve(call, call.input(0), call.input(1), call.inputs[2]),
  ConvInteger: convolveIntegers,
  ConvTranspose: convolveTransposed,
};
