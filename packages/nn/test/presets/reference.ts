import type { Convention } from "./conventions.ts";
import {
  add,
  constant,
  type Dual,
  exp,
  gelu,
  leakyRelu,
  mean,
  mul,
  reciprocal,
  rsqrt,
  scale,
  sub,
  sum,
} from "./dual.ts";

/** Parameters and running statistics by their keys, each a flat list. */
export type State = Record<string, readonly Dual[]>;

/** A model in plain loops: from inputs to outputs; in training it follows the statistics in `state`. */
export type Reference = (
  x: readonly Dual[],
  state: State,
  training: boolean,
  convention: Convention,
) => readonly Dual[];

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** `[rows, in] → [rows, out]` by a weight `[out, in]`. */
function dense(x: readonly Dual[], state: State, key: string, inside: number): Dual[] {
  const [weight, bias] = [state[`${key}.weight`]!, state[`${key}.bias`]!];
  return range(x.length / inside).flatMap((row) =>
    bias.map((b, o) => add(b, sum(range(inside).map((i) => mul(x[row * inside + i]!, weight[o * inside + i]!))))),
  );
}

/** 3×3 over `[n, channels, side, side]`, with a frame of zeros. */
function conv(x: readonly Dual[], state: State, key: string, channels: number, side: number): Dual[] {
  const [weight, bias] = [state[`${key}.weight`]!, state[`${key}.bias`]!];
  const at = (n: number, c: number, i: number, j: number): Dual =>
    i < 0 || j < 0 || i >= side || j >= side ? constant(0) : x[((n * channels + c) * side + i) * side + j]!;
  const taps = range(channels * 9);
  return range(x.length / (channels * side * side)).flatMap((n) =>
    bias.flatMap((b, o) =>
      range(side * side).map((p) => {
        const [i, j] = [Math.floor(p / side), p % side];
        const products = taps.map((tap) => {
          const [c, di, dj] = [Math.floor(tap / 9), Math.floor((tap % 9) / 3), tap % 3];
          return mul(weight[o * channels * 9 + tap]!, at(n, c, i + di - 1, j + dj - 1));
        });
        return add(b, sum(products));
      }),
    ),
  );
}

/** Mean and biased variance. */
function momentsOf(values: readonly Dual[]): readonly [mean: Dual, variance: Dual] {
  const mu = mean(values);
  const centred = values.map((v) => sub(v, mu));
  return [mu, mean(centred.map((v) => mul(v, v)))];
}

/** Over `[n, channels, positions]`. */
function batchNorm(
  x: readonly Dual[],
  state: State,
  key: string,
  positions: number,
  training: boolean,
  { batchNormEps, keep, unbiased }: Convention,
): Dual[] {
  const [gamma, beta] = [state[`${key}.weight`]!, state[`${key}.bias`]!];
  const channels = gamma.length;
  const channelOf = (i: number): number => Math.floor(i / positions) % channels;
  const statistics = range(channels).map((c): readonly [Dual, Dual] => {
    if (!training) return [state[`${key}.running_mean`]![c]!, state[`${key}.running_var`]![c]!];
    return momentsOf(x.filter((_, i) => channelOf(i) === c));
  });
  if (training) {
    const count = x.length / channels;
    const isUnbiased = positions > 1 ? unbiased.images : unbiased.others;
    const follow = (name: string, batch: (c: number) => number): void => {
      const running = state[`${key}.${name}`]!;
      state[`${key}.${name}`] = running.map(({ value }, c) => constant(keep * value + (1 - keep) * batch(c)));
    };
    follow("running_mean", (c) => statistics[c]![0].value);
    follow("running_var", (c) => statistics[c]![1].value * (isUnbiased ? count / (count - 1) : 1));
  }
  return x.map((v, i) => {
    const c = channelOf(i);
    const [mu, variance] = statistics[c]!;
    return add(mul(gamma[c]!, mul(sub(v, mu), rsqrt(add(variance, constant(batchNormEps))))), beta[c]!);
  });
}

/** Every run of `size` values by its own moments; those of RMSNorm are about 0. */
function normalizeRuns(x: readonly Dual[], size: number, eps: number, centred: boolean): Dual[] {
  return range(x.length / size).flatMap((run) => {
    const values = x.slice(run * size, (run + 1) * size);
    const [mu, variance] = centred ? momentsOf(values) : [constant(0), mean(values.map((v) => mul(v, v)))];
    const r = rsqrt(add(variance, constant(eps)));
    return values.map((v) => mul(sub(v, mu), r));
  });
}

/** γ and β of the channel of each value. */
function affine(x: readonly Dual[], state: State, key: string, positions: number): Dual[] {
  const [gamma, beta] = [state[`${key}.weight`]!, state[`${key}.bias`]];
  return x.map((v, i) => {
    const c = Math.floor(i / positions) % gamma.length;
    const scaled = mul(v, gamma[c]!);
    return beta === undefined ? scaled : add(scaled, beta[c]!);
  });
}

/** Dense(3, 5), BatchNorm(5), LeakyReLU, Dense(5, 2) */
const mlp: Reference = (x, state, training, convention) => {
  const normed = batchNorm(dense(x, state, "0", 3), state, "1", 1, training, convention);
  return dense(normed.map(leakyRelu(convention.negativeSlope)), state, "3", 5);
};

/** Conv2d(2, 4), BatchNorm(4), LeakyReLU, Conv2d(4, 4), GroupNorm(2, 4), GELU, the mean of every channel, Dense(4, 3) */
const cnn: Reference = (x, state, training, convention) => {
  const positions = side * side;
  const normed = batchNorm(conv(x, state, "0", 2, side), state, "1", positions, training, convention);
  const second = conv(normed.map(leakyRelu(convention.negativeSlope)), state, "3", 4, side);
  const grouped = normalizeRuns(second, 2 * positions, convention.groupNormEps, true);
  const active = affine(grouped, state, "4", positions).map(gelu(convention.gelu));
  const means = range(active.length / positions).map((c) => mean(active.slice(c * positions, (c + 1) * positions)));
  return dense(means, state, "7", 4);
};

/** `y = x + attention(layerNorm(x))`, `z = y + dense(gelu(dense(rmsNorm(y))))`, one head over `[n, time, 4]` */
const block: Reference = (x, state, _training, convention) => {
  const normed = affine(normalizeRuns(x, 4, convention.layerNormEps, true), state, "norm1", 1);
  const [q, k, v] = (["query", "key", "value"] as const).map((key) => dense(normed, state, key, 4));
  const attended = range(x.length / 4).flatMap((row) => {
    const first = row - (row % time);
    const weights = range(time).map((t) =>
      exp(scale(sum(range(4).map((i) => mul(q![row * 4 + i]!, k![(first + t) * 4 + i]!))), 0.5)),
    );
    const total = reciprocal(sum(weights));
    return range(4).map((i) => mul(total, sum(weights.map((w, t) => mul(w, v![(first + t) * 4 + i]!)))));
  });
  const y = x.map((value, i) => add(value, attended[i]!));
  const rms = affine(normalizeRuns(y, 4, convention.rmsNormEps, false), state, "norm2", 1);
  const hidden = dense(rms, state, "linear1", 4).map(gelu(convention.gelu));
  return dense(hidden, state, "linear2", 6).map((value, i) => add(y[i]!, value));
};

/** Extents of the images, and steps of the sequences. */
const side = 4;
const time = 3;

/** The models, with the shape of their inputs. */
export const references: Readonly<Record<"mlp" | "cnn" | "block", readonly [Reference, readonly number[]]>> = {
  mlp: [mlp, [6, 3]],
  cnn: [cnn, [3, 2, side, side]],
  block: [block, [2, time, 4]],
};
