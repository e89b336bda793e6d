import "@tapegrad/autograd";
import process from "node:process";
import { LSTM } from "@tapegrad/nn";
import { Generator, randn, stack, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const generator = new Generator(5);

/** A training step that unrolls an LSTM over so many times. */
function lstmStep(time: number): { readonly model: LSTM; readonly step: (x: Tensor) => Tensor; readonly x: Tensor } {
  const model = new LSTM(8, 16, { generator });
  const step = (x: Tensor): Tensor => {
    model.zeroGrad();
    const loss = model.forward(x)[0].square().mean();
    loss.backward();
    return loss;
  };
  return { model, step, x: randn([time, 4, 8], { generator }) };
}

/** Processor time of this process, which others that run beside it do not count into, in seconds. */
function secondsOf(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

it("an unrolled step of sixteen times the length does not take the square of that to compile", () => {
  const secondsFor = (time: number): number => {
    const { step, x } = lstmStep(time);
    const compiled = compile(step, { threads: 1 });
    return secondsOf(() => compiled(x));
  };
  secondsFor(16); // Loads and warms the compiler.
  const short = secondsFor(32);
  // Some seven times as long; walks over pairs of kernels made it fifty times for eight times the length.
  expect(secondsFor(512) / short).toBeLessThan(30);
}, 300_000);

it("a long unrolled step computes what it does without compile", () => {
  const { model, step, x } = lstmStep(300);
  const eager = step(x).item();
  const wanted = [...model.parameters()].map(({ grad }) => grad!);
  const compiled = compile(step, { threads: 1 });
  expect(compiled(x).item()).toBeCloseTo(eager, 6);
  [...model.parameters()].forEach(({ grad }, i) => {
    const scale = wanted[i]!.abs().max().item();
    expect(grad!.sub(wanted[i]!).abs().max().item() / scale).toBeLessThan(1e-5);
  });
});

describe("graphs of some ten thousand operations", () => {
  const x = randn([4, 4], { generator });
  const chains: Readonly<Record<string, (x: Tensor) => Tensor | Tensor[]>> = {
    "elementwise operations": (y) => {
      for (let i = 0; i < 4000; i++) y = y.mul(0.5).add(x).tanh();
      return y;
    },
    "means of what the one before centred": (y) => {
      for (let i = 0; i < 4000; i++) y = y.sub(y.mean()).mul(i % 2 === 0 ? 2 : 0.5);
      return y;
    },
    "views of views": (y) => {
      for (let i = 0; i < 12_000; i++) y = i % 3 === 0 ? y.transpose(0, 1) : y.flip([i % 2]);
      return y.add(1);
    },
    products: (y) => {
      for (let i = 0; i < 4000; i++) y = y.matmul(x).tanh();
      return y;
    },
    "results of one argument": (y) => {
      const all = Array.from({ length: 6000 }, (_, i) => y.mul(i));
      return [all.at(-1)!, stack(all)];
    },
  };
  it.each(Object.entries(chains))(
    "%s",
    (_, chain) => {
      const wanted = [chain(x)].flat();
      const got = [compile(chain, { threads: 1 })(x)].flat();
      got.forEach((result, i) => {
        const scale = Math.max(1, wanted[i]!.abs().max().item());
        expect(result.sub(wanted[i]!).abs().max().item() / scale).toBeLessThan(1e-4);
      });
    },
    300_000,
  );
});
