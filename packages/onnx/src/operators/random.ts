import { functional as F } from "@tapegrad/nn";
import { bernoulli, onesLike, rand, randn, type RandomOptions, type Tensor, where } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { NodeCall, Operators } from "./node-call.ts";

/** Dropout by one draw for the result and its mask, of a model that is trained, or where a node of version 12 and later says so. */
function dropout(call: NodeCall): readonly (Tensor | undefined)[] {
  const x = call.input(0);
  const rate = call.numberOf(1) ?? call.float("ratio", 0.5);
  const training = call.training || (call.opset >= 12 && (call.flagOf(2) ?? false));
  const drop = (t: Tensor): Tensor => F.dropout(t, { rate, training, generator: call.generator() });
  if (!call.wants(1)) return [drop(x)];
  const mask = drop(onesLike(x)).ne(0);
  const scale = training && rate < 1 ? 1 / (1 - rate) : 1;
  return [where(mask, x.mul(scale), 0), mask];
}

type Draw = (shape: readonly number[], options: RandomOptions) => Tensor;

/** Draws of a shape, moved and stretched. */
function drawn(call: NodeCall, draw: Draw, [offset, scale]: readonly [number, number], like?: Tensor): Tensor {
  const shape = like?.shape ?? call.ints("shape") ?? call.fail("attribute", "expected shape, got none");
  call.extents("attribute.shape", shape);
  const dtype = call.dtype("dtype", like?.dtype ?? call.float32);
  if (!isFloat(dtype)) call.fail("attribute.dtype", `expected a float, got ${dtype}`);
  return draw(shape, { dtype, generator: call.generator() }).mul(scale).add(offset);
}

/** Draws in `[low, high)`. */
function uniform(call: NodeCall, like?: Tensor): Tensor {
  const [low, high] = [call.float("low", 0), call.float("high", 1)];
  return drawn(call, rand, [low, high - low], like);
}

function normal(call: NodeCall, like?: Tensor): Tensor {
  return drawn(call, randn, [call.float("mean", 0), call.float("scale", 1)], like);
}

/** What draws random numbers. */
export const random: Operators = {
  Dropout: dropout,
  Bernoulli: (call) => {
    const x = call.input(0);
    return bernoulli(x, { generator: call.generator() }).to(call.dtype("dtype", x.dtype));
  },
  RandomUniform: (call) => uniform(call),
  RandomUniformLike: (call) => uniform(call, call.input(0)),
  RandomNormal: (call) => normal(call),
  RandomNormalLike: (call) => normal(call, call.input(0)),
};
