import type { FloatDType, Tensor } from "@tapegrad/tensor";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DenseNet, GroupNorm, Identity, MLPConv, type Module, ResNet } from "../../src/index.ts";
import { digest, fillWithWaves, wave } from "./waves.ts";

/** What PyTorch gives, by `make-fixtures.py`. */
interface Observed {
  readonly output: number;
  readonly input: number;
  readonly gradients: Readonly<Record<string, number>>;
  readonly state: Readonly<Record<string, number>>;
}
type Fixtures = { readonly networks: Readonly<Record<string, Readonly<Record<"train" | "eval", Observed>>>> };
const { networks } = JSON.parse(readFileSync(new URL("networks.json", import.meta.url), "utf8")) as Fixtures;

const makers: Readonly<Record<string, (dtype: FloatDType) => Module>> = {
  ResNet: (dtype) => new ResNet(3, 5, [2, 1, 1], { channels: 4, dtype }),
  "ResNet with padding": (dtype) => new ResNet(3, 5, [1, 2], { channels: 4, shortcut: "padding", dtype }),
  "ResNet with preActivation": (dtype) => new ResNet(3, 5, [1, 2, 1], { channels: 4, preActivation: true, dtype }),
  "ResNet with preActivation, padding and GroupNorm": (dtype) =>
    new ResNet(3, 5, [1, 1], {
      channels: 4,
      preActivation: true,
      shortcut: "padding",
      norm: (channels) => new GroupNorm(2, channels, { dtype }),
      dtype,
    }),
  "ResNet without norms": (dtype) =>
    new ResNet(3, 5, [1, 1], { channels: 3, norm: () => new Identity(), bias: true, dtype }),
  DenseNet: (dtype) => new DenseNet(3, 5, [2, 3], { growthRate: 3, dtype }),
  "plain DenseNet": (dtype) =>
    new DenseNet(3, 5, [2, 1, 2], { growthRate: 3, channels: 4, compression: 1, bottleneck: false, dtype }),
  MLPConv: (dtype) => new MLPConv(3, [6, 4, 5], 5, { stride: 2, padding: 2, dtype }),
};

/** Holds sums of tensors against those of PyTorch. */
function expectSums(got: Readonly<Record<string, Tensor>>, want: Readonly<Record<string, number>>, rtol: number): void {
  expect(Object.keys(got).toSorted()).toEqual(Object.keys(want).toSorted());
  for (const [name, t] of Object.entries(got)) {
    const { sum, scale } = digest(t);
    expect(Math.abs(sum - want[name]!) / scale, name).toBeLessThan(rtol);
  }
}

describe.each(Object.keys(networks))("%s", (name) => {
  describe.each(["train", "eval"] as const)("in %s mode", (mode) => {
    it.each([
      ["float64", 1e-10],
      ["float32", 1e-5],
    ] as const)("%s gives what PyTorch gives", (dtype, rtol) => {
      // prettier-ignore
      const net = makers[name]!(dtype).train(mode === "train");
      fillWithWaves(net);
      const x = wave([4, 3, 9, 9], 0.2, dtype).requiresGrad_(true);
      const y = net.forward(x);
      y.mul(wave(y.shape, 0.9, dtype))
        .sum()
        .backward();
      const { output, input, gradients, state } = networks[name]![mode];
      expectSums({ output: y, input: x.grad! }, { output, input }, rtol);
      expectSums(Object.fromEntries(net.namedParameters().map(([key, p]) => [key, p.grad!])), gradients, rtol);
      const buffers = Object.entries(net.stateDict()).filter(([key]) => /running_(mean|var)$/.test(key));
      expectSums(Object.fromEntries(buffers), state, rtol);
    });
  });
});
