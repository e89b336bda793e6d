import "@tapegrad/autograd";
import { Dense, ReLU, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { manualSeed, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.ts";
import { exportWasm } from "../../src/export-wasm.ts";
import { loadWasm } from "../../src/loader.ts";
import { dataSegments, gapFor } from "../../src/wasm/export/data-segments.ts";

describe("exportWasm", () => {
  it("takes what the weights of the network for digits take, and a few kilobytes", () => {
    manualSeed(0);
    const model = new Sequential(new Dense(64, 64), new ReLU(), new Dense(64, 32), new ReLU(), new Dense(32, 10));
    const weights = model.parameters().reduce((sum, { data }) => sum + data.byteLength, 0);
    const predict = compile((x: Tensor) => model.forward(x).softmax({ axis: 1 }));
    const { wasm } = exportWasm(predict, [randn([1, 64])], { state: model });
    expect(wasm.length).toBeGreaterThan(weights);
    expect(wasm.length).toBeLessThan(weights + 8000);
  });

  it("says how large state is that is zero, and not that it is zero", async () => {
    const w = zeros([1 << 20]).requiresGrad_();
    const optimizer = new Adam([w]);
    const step = compile((x: Tensor) => {
      optimizer.zeroGrad();
      w.mul(x).sum().backward();
      optimizer.step();
    });
    const {
      wasm,
      describe: { state },
    } = exportWasm(step, [tensor(1)], { state: { w } });
    expect(state.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(4 << 20);
    expect(wasm.length).toBeLessThan(10_000);
    const loaded = await loadWasm(wasm);
    loaded.run([3]);
    expect(loaded.state["w"]!.at(-1)).toBeCloseTo(-1e-3);
  });

  it("has no more segments than engines take", async () => {
    const w = tensor(Float32Array.from({ length: 1 << 20 }, (_, i) => (i % 8 === 0 ? i : 0)));
    const { wasm } = exportWasm(
      compile((x: Tensor) => w.mul(x).sum()),
      [tensor(1)],
      { state: { w } },
    );
    expect((await loadWasm(wasm)).state["w"]).toEqual(w.data.slice());
  });
});

it("dataSegments leaves zeros out and nothing else", () => {
  const bytes = fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 255 })), { maxLength: 99 });
  const runs = fc.array(
    fc.oneof(
      bytes,
      fc.nat(60).map((n) => Array<number>(n).fill(0)),
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(runs, (parts) => {
      const data = Uint8Array.from(parts.flat());
      const memory = new Uint8Array(data.length + 7);
      const segments = dataSegments(7, data, gapFor(data.length));
      for (const { address, bytes: written } of segments) memory.set(Uint8Array.from(written), address);
      expect(memory.subarray(7)).toEqual(data);
      for (const { bytes: written } of segments) {
        const text = Array.from(written, (byte) => (byte === 0 ? "0" : "x")).join("");
        expect(text).toMatch(/^x(?:.*x)?$/);
        expect(text).not.toContain("0".repeat(16));
      }
    }),
  );
});
