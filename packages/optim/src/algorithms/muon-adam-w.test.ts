import { Generator, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { markLookupTable } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { StepLR } from "../schedules/step-lr.ts";
import { AdamW } from "./adam-w.ts";
import { Muon } from "./muon.ts";
import { MuonAdamW } from "./muon-adam-w.ts";

const shapes = [[3, 2], [4, 2, 2, 2], [3], [], [5, 2], [2, 3]]; // prettier-ignore

/** Matrix, kernel, vector, number, table and last layer. */
function drawn(): Tensor[] {
  const params = shapes.map((shape, i) =>
    randn(shape, { generator: new Generator(i), dtype: "float64" }).requiresGrad_(),
  );
  markLookupTable(params[4]!);
  return params;
}

const kinds = (optimizer: MuonAdamW): string[] =>
  Object.values(optimizer.stateDict().state).map((entry) => ("exp_avg" in entry ? "AdamW" : "Muon"));

describe("MuonAdamW", () => {
  it("is Muon for matrices and kernels, and AdamW for the others", () => {
    const [together, apart] = [drawn(), drawn()];
    const last = together.pop()!;
    const shared = { lr: 0.02, weightDecay: 0.3 };
    const both = new MuonAdamW([{ params: together }, { params: [last], adamW: true }], {
      ...shared,
      momentum: 0.8,
      adamLrRatio: 0.25,
      adamBetas: [0.7, 0.9],
      adamEps: 1e-3,
    });
    expect(kinds(both)).toEqual(["Muon", "Muon", "AdamW", "AdamW", "AdamW", "AdamW"]);
    const muon = new Muon(apart.slice(0, 2), { ...shared, momentum: 0.8 });
    const adamW = new AdamW(apart.slice(2), { ...shared, lr: 0.005, betas: [0.7, 0.9], eps: 1e-3 });
    const schedules = [both, muon, adamW].map((optimizer) => new StepLR(optimizer, { stepSize: 2, gamma: 0.5 }));
    for (let step = 0; step < 6; step++) {
      [...together, last].forEach((p, i) => {
        const generator = new Generator(100 * step + i);
        p.grad = step === 3 && i === 2 ? undefined : randn(p.shape, { generator, dtype: "float64" });
        apart[i]!.grad = p.grad;
      });
      for (const optimizer of [both, muon, adamW]) optimizer.step();
      for (const schedule of schedules) schedule.step();
      [...together, last].forEach((p, i) => {
        const difference = p.detach().sub(apart[i]!.detach()).abs().max().item();
        expect(difference, `parameter ${i}, step ${step}`).toBeLessThan(1e-14);
      });
    }
  });

  it.each([
    [true, ["AdamW", "AdamW", "AdamW", "AdamW", "AdamW", "AdamW"]],
    [false, ["Muon", "Muon", "AdamW", "AdamW", "Muon", "Muon"]],
    [undefined, ["Muon", "Muon", "AdamW", "AdamW", "AdamW", "Muon"]],
  ])("with adamW %s gives parameters to %j", (adamW, want) => {
    expect(kinds(new MuonAdamW(drawn(), { adamW }))).toEqual(want);
  });

  it.each([[[[2, 2]]], [[[2], [2, 2]]]])("refuses other settings than those that its state is for: %j", (shapes) => {
    const { groups } = new MuonAdamW(shapes.map((shape) => zeros(shape, { requiresGrad: true })));
    expect(() => (groups[0]!.settings.adamW = true)).toThrow(
      "MuonAdamW: expected settings with state momentum_buffer, got some with state exp_avg, exp_avg_sq.",
    );
  });
});
