import "@tapegrad/autograd";
import { detectFeatures } from "@tapegrad/simd";
import { Dense, functional, LayerNorm, LSTM, Module, type Parameter, ReLU, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { assign, Generator, manualSeed, randint, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it, vi } from "vitest";
import { PlanCache, runPlan } from "../src/cache/plan-cache.ts";
import type { Threads } from "../src/target.ts";
import { WasmExecutable } from "../src/wasm/executable.ts";
import { wasmTarget } from "../src/wasm/wasm-target.ts";
import { until } from "./until.ts";

type Step = (x: Tensor, y: Tensor) => Tensor;

/** A function compiled to modules of a size; with its plan. */
function splitAt(
  bytes: number,
  threads: Threads,
  fn: Step,
): { readonly call: Step; readonly plan: () => WasmExecutable } {
  const target = {
    ...wasmTarget,
    build: (...[schedule, options]: Parameters<typeof wasmTarget.build>) =>
      new WasmExecutable(schedule, options, bytes),
  };
  const plans = new PlanCache(fn, target, { deterministic: false, threads });
  const call: Step = (...args) => runPlan(plans.callFor(undefined, args)) as Tensor;
  return { call, plan: () => plans.latest?.executable as WasmExecutable };
}

/** The last output of an LSTM over time, whose steps share their code. */
class Last extends Module<[Tensor]> {
  readonly lstm = new LSTM(6, 8);
  readonly head = new Dense(8, 10);
  override forward(x: Tensor): Tensor {
    return this.head.forward(this.lstm.forward(x)[0].mean({ axis: 1 }));
  }
}

const models: Record<string, () => readonly [Module<[Tensor]>, number[]]> = {
  "an MLP": () => [
    new Sequential(new Dense(100, 256), new LayerNorm(256), new ReLU(), new Dense(256, 10)) as Module<[Tensor]>,
    [129, 100],
  ],
  "an LSTM": () => [new Last(), [64, 20, 6]],
};

/** Bits of losses and parameters of some steps with modules of a size. */
async function bitsOf(name: string, bytes: number, threads: number): Promise<{ bits: string[]; modules: number }> {
  manualSeed(3);
  const [model, shape] = models[name]!();
  const optimizer = new Adam(model.parameters());
  const [first] = model.parameters() as [Parameter];
  const gram = zeros([first.shape[0]!, first.shape[0]!]);
  const { call, plan } = splitAt(bytes, threads, (x, y) => {
    optimizer.zeroGrad();
    const loss = functional.crossEntropy(model.forward(x), y);
    loss.backward();
    // Products are not computed in place, but copied at the end.
    assign(gram, first.matmul(first.transpose()));
    optimizer.step();
    return loss;
  });
  const generator = new Generator(4);
  const x = randn(shape, { generator });
  const y = randint(0, 10, [shape[0]!], { generator });
  detectFeatures();
  const compiled = vi.spyOn(WebAssembly, "Module");
  const bits: string[] = [];
  for (let i = 0; i < 20; i++) {
    bits.push(textOf(call(x, y)));
    if (i === 1) await until(() => plan().threadsReady === threads);
  }
  const modules = compiled.mock.calls.length;
  compiled.mockRestore();
  return { bits: [...bits, ...[gram, ...Object.values(model.stateDict())].map(textOf)], modules };
}

function textOf({ data }: Tensor): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
}

describe.each(Object.keys(models))("code of %s in several modules", (name) => {
  it.each([1, 2])("gives the bits of one module on %i threads", async (threads) => {
    const whole = await bitsOf(name, 2 ** 22, threads);
    expect(whole.modules).toBe(1);
    for (const bytes of [1, 8000, 20_000]) {
      const split = await bitsOf(name, bytes, threads);
      expect(split.modules).toBeGreaterThan(1);
      expect(split.bits).toEqual(whole.bits);
    }
  });
});
