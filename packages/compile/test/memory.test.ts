import "@tapegrad/autograd";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { BatchNorm, Dense, Dropout, functional as f, LayerNorm, ReLU, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { Generator, randint, randn, type Tensor } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { type Compiled, compile } from "../src/index.ts";
import { wasmHeap } from "../src/wasm/memory/wasm-heap.ts";
import { controlBlock } from "../src/wasm/threads/control-block.ts";

// MEMORY_STEPS=100000 MEMORY_REBUILDS=1000 for the whole measurement.
const steps = Number(process.env["MEMORY_STEPS"] ?? 6000);
const rounds = 6;
/** Bytes in each step that are a leak. */
const leak = 64;
const rebuilds = Number(process.env["MEMORY_REBUILDS"] ?? 100);

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

type Step = (x: Tensor, y: Tensor) => Tensor;

function training(): { readonly step: Step; readonly model: Sequential } {
  const generator = new Generator(1);
  const model = new Sequential(
    new Dense(6, 16, { generator }),
    new BatchNorm(16),
    new ReLU(),
    new Dropout(0.1, { generator }),
    new Dense(16, 16, { generator }),
    new LayerNorm(16),
    new Dense(16, 3, { generator }),
  );
  const optimizer = new Adam(model.parameters());
  const step = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = f.crossEntropy(model.forward(x) as Tensor, y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { step, model };
}

function batch(size: number): [Tensor, Tensor] {
  const generator = new Generator(size);
  return [randn([size, 6], { generator }), randint(0, 3, [size], { generator })];
}

/** Places of collected tensors are free some time after the collection. */
async function settled(): Promise<{ readonly resident: number; readonly live: number }> {
  for (let i = 0; i < 4; i++) {
    collect();
    await sleep(10);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { resident: wasmHeap().heap.usedBytes, live: heapUsed + arrayBuffers };
}

it(`keeps the memory level over ${steps} steps`, async () => {
  const compiled = compile(training().step);
  const [x, y] = batch(8);
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      compiled(x, y);
      if (i % 1000 === 999) await sleep(0);
    }
  };
  await run(Math.min(2000, steps / 2));
  const before = await settled();
  const bytes = wasmHeap().heap.memory.buffer.byteLength;
  const live = [before.live];
  for (let round = 0; round < rounds; round++) {
    await run(steps / rounds);
    const after = await settled();
    expect(after.resident).toBe(before.resident);
    live.push(after.live);
  }
  console.log(`${steps} steps: ${before.resident} bytes resident, ${live.join(" → ")} live`);
  expect(wasmHeap().heap.memory.buffer.byteLength).toBe(bytes);
  // What leaks grows in every round; what the engine compiles and drops meanwhile does not.
  const growths = live.slice(1).map((bytes, i) => bytes - live[i]!);
  expect(growths.toSorted((a, b) => a - b)[rounds / 2]).toBeLessThan((leak * steps) / rounds);
  expect(compiled(x, y).item()).toBeGreaterThan(0);
});

it(`returns to its level after ${rebuilds} plans for other shapes`, async () => {
  const { step } = training();
  const eager = step(...batch(4)).item();
  // What threads share stays from then on when a plan is the first to be large enough for several.
  controlBlock();
  const before = await settled();
  const highest = await (async (): Promise<number> => {
    const compiled: Compiled<[Tensor, Tensor], Tensor> = compile(step);
    let most = 0;
    for (let i = 0; i < rebuilds; i++) {
      compiled(...batch(2 + i));
      most = Math.max(most, wasmHeap().heap.usedBytes);
      if (i % 10 === 9) await sleep(0);
    }
    return most;
  })();
  const after = await settled();
  console.log(`${rebuilds} plans: ${before.resident} → ${highest} → ${after.resident} bytes resident`);
  // What remains are the parameters, moments and statistics, which live there from the first call on.
  const model = 16 * 6 + 16 * 16 + 16 * 3 + 16 * 8 + 3;
  expect(after.resident - before.resident).toBeLessThan(2 * 3 * 4 * model + 64 * 64);
  expect(after.resident).toBeLessThan(highest / 2);
  expect(eager).toBeGreaterThan(0);
});
