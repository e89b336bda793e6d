import { gradcheck } from "@tapegrad/autograd";
import { Generator, type Tensor } from "@tapegrad/tensor";
import { NullTracer, symbolicTensor, withTracer } from "@tapegrad/tensor/internal";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { GRU, LSTM, RNN } from "../../src/index.ts";
import { plain, steps } from "./plain-recurrent.ts";
import { run } from "./run-layer.ts";

const generator = new Generator(7);
const draw = drawer(17);

const layers = {
  tanh: (options: object) => new RNN(3, 4, { dtype: "float64", generator, ...options }),
  relu: (options: object) => new RNN(3, 4, { dtype: "float64", generator, activation: "relu", ...options }),
  lstm: (options: object) => new LSTM(3, 4, { dtype: "float64", generator, ...options }),
  gru: (options: object) => new GRU(3, 4, { dtype: "float64", generator, ...options }),
  "gru of the paper": (options: object) =>
    new GRU(3, 4, { dtype: "float64", generator, resetAfter: false, ...options }),
} as const;

describe.each(Object.keys(layers) as (keyof typeof layers)[])("recurrent layer %s", (name) => {
  it.each([{}, { bias: false }, { numLayers: 2 }, { bidirectional: true }, { numLayers: 3, bidirectional: true }])(
    "agrees with scalars: %j",
    (options) => {
      const layer = layers[name](options);
      const directions = layer.bidirectional ? 2 : 1;
      const [x, h, c] = [draw(5, 2, 3), ...[1, 2].map(() => draw(layer.numLayers * directions, 2, 4))] as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const array = (t: Tensor): number[][][] => t.toArray() as number[][][];
      const dict = layer.stateDict();
      const want = plain(steps[name]!, array(x), array(h), array(c), dict, directions);
      const got = run(layer, x, h, c);
      expectClose(got[0], want.output);
      expectClose(got[1], want.h);
      if (layer instanceof LSTM) expectClose(got[2], want.c);
      const none = array(h.mul(0));
      expectClose(run(layer, x)[0], plain(steps[name]!, array(x), none, none, dict, directions).output);
    },
  );

  it("takes batches first, and single sequences", () => {
    const layer = layers[name]({ numLayers: 2, bidirectional: true });
    const first = layers[name]({ numLayers: 2, bidirectional: true, batchFirst: true });
    first.loadStateDict(layer.stateDict());
    const x = draw(5, 2, 3);
    const [want, h] = run(layer, x);
    const [got, hFirst] = run(first, x.transpose(0, 1));
    expect(got?.transpose(0, 1).toArray()).toEqual(want?.toArray());
    expect(hFirst?.toArray()).toEqual(h?.toArray());
    for (const single of [layer, first]) {
      const [y, state] = run(single, x.slice([], 1));
      expectClose(y, want!.slice([], 1));
      expectClose(state, h!.slice([], 1));
    }
  });

  it("has derivatives of first and second order", () => {
    const layer = layers[name]({ bidirectional: true });
    const scale = name === "relu" ? 1.7 : 0.7;
    const inputs = [draw(3, 2, 3), draw(2, 2, 4), draw(2, 2, 4), ...layer.parameters()].map((t) =>
      t.detach().mul(scale),
    );
    const f = (x: Tensor, h: Tensor, c: Tensor, ...weights: Tensor[]): Tensor => {
      const [output, hidden, memory] = withWeights(layer, weights, () => run(layer, x, h, c));
      return [hidden, memory].reduce<Tensor>(
        (sum, t) => (t === undefined ? sum : sum.add(t.square().sum())),
        output as Tensor,
      );
    };
    const used = layer instanceof LSTM ? inputs : [inputs[0], inputs[1], ...inputs.slice(3)];
    const g = layer instanceof LSTM ? f : (x: Tensor, h: Tensor, ...rest: Tensor[]) => f(x, h, h, ...rest);
    expect(gradcheck(g as (...t: Tensor[]) => Tensor, used as Tensor[]).passed).toBe(true);
    const small = layers[name]({});
    const second = (x: Tensor, h: Tensor): Tensor => run(small, x, h, h)[0]!;
    expect(gradcheck(second, [draw(2, 1, 3), draw(1, 1, 4)], { order: 2 }).passed).toBe(true);
  });

  it("drops between layers in training only", () => {
    const layer = layers[name]({ numLayers: 2, dropout: 0.5 });
    const x = draw(4, 2, 3);
    const once = run(layer, x)[0]?.toArray();
    expect(run(layer, x)[0]?.toArray()).not.toEqual(once);
    layer.eval();
    const still = run(layer, x)[0]?.toArray();
    expect(run(layer, x)[0]?.toArray()).toEqual(still);
    const zero = layers[name]({ numLayers: 2 });
    zero.loadStateDict(layer.stateDict());
    expect(run(zero, x)[0]?.toArray()).toEqual(still);
  });

  it("reads no values", () => {
    const layer = layers[name]({ numLayers: 2, bidirectional: true, dropout: 0.1 });
    const x = symbolicTensor({ shape: [3, 2, 3], dtype: "float64" });
    const [output] = withTracer(new NullTracer(), () => run(layer, x));
    expect(output?.shape).toEqual([3, 2, 8]);
    expect(output?.storage.data).toBeUndefined();
  });
});

/** Calls `fn` while the weights of the layer are others. */
function withWeights<T>(layer: RNN | LSTM | GRU, weights: readonly Tensor[], fn: () => T): T {
  const cells = layer.weights as unknown as Record<string, Tensor>[];
  const saved = cells.map((cell) => ({ ...cell }));
  const queue = [...weights];
  for (const cell of cells) for (const key of Object.keys(cell)) cell[key] = queue.shift()!;
  try {
    return fn();
  } finally {
    cells.forEach((cell, i) => Object.assign(cell, saved[i]));
  }
}
