import { functional as F } from "@tapegrad/nn";
import { bernoulli, Generator, onesLike, rand, type Tensor } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";

/** Dropout by one draw for the result and its mask; only version 12 and later can train. */
function dropout(call: NodeCall): readonly (Tensor | undefined)[] {
  const x = call.input(0);
  const rate = call.numberOf(1) ?? call.float("ratio", 0.5);
  const training = call.opset >= 12 && (call.flagOf(2) ?? false);
  const seed = call.int("seed", 0);
  const drop = (t: Tensor): Tensor => F.dropout(t, { rate, training, generator: new Generator(seed) });
  return [drop(x), call.wants(1) ? drop(onesLike(x)).ne(0) : undefined];
}

/** The generator that an attribute seeds. */
function generatorOf(call: NodeCall): Generator {
  return new Generator(Math.trunc(Math.abs(call.float("seed", 0))));
}

/** What draws random numbers. */
export const random: Operators = {
  Dropout: dropout,
  Bernoulli: (call) => {
    const x = call.input(0);
    return bernoulli(x, { generator: generatorOf(call) }).to(call.dtype("dtype", x.dtype));
  },
  RandomUniformLike: (call) => {
    const [x, low, high] = [call.input(0), call.float("low", 0), call.float("high", 1)];
    const unit = rand(x.shape, { dtype: call.dtype("dtype", x.dtype), generator: generatorOf(call) });
    return unit.mul(high - low).add(low);
  },
};
