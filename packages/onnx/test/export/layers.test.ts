import { cat, type Tensor } from "@tapegrad/tensor";
import type { AnyModule, Module } from "@tapegrad/nn";
import { writeFileSync, mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { samples } from "../../../nn/test/module/layer-samples.ts";
import { exportOnnx } from "../../src/index.ts";
import { loadIntoRuntime } from "./onnx-runtime.ts";

function tensorsIn(value: unknown): Tensor[] {
  return Array.isArray(value) ? value.flatMap(tensorsIn) : [value as Tensor];
}
mkdirSync("/tmp/models", { recursive: true });
describe("layers", () => {
  it.each(Object.entries(samples))("%s", async (name, make) => {
    const [module, run] = make();
    let seen: readonly Tensor[] = [];
    const hook = (module as Module).registerForwardPreHook((_m, inputs) => {
      seen = inputs as readonly Tensor[];
    });
    run(module as never);
    hook.remove();
    if (name === "ModuleList") return;
    const model = module as unknown as Module<readonly Tensor[], unknown>;
    const bytes = exportOnnx(module as AnyModule, seen);
    writeFileSync(`/tmp/models/${name}.onnx`, bytes);
    model.eval();
    const { run: infer, release } = await loadIntoRuntime(bytes);
    for (const inputs of [seen, seen.map((x) => cat([x, x.flip(0)]))]) {
      const expected = tensorsIn(model.forward(...inputs));
      const got = await infer(inputs);
      expected.forEach((t, i) => {
        expect(got[i]!.shape).toEqual(t.shape);
        const worst = t.sub(got[i]!).abs().div(t.abs().clamp(1)).max().item();
        expect(worst).toBeLessThan(1e-5);
      });
    }
    await release();
  });
});
