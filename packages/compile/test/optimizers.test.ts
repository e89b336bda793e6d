import { noGrad } from "@tapegrad/autograd";
import { Dense } from "@tapegrad/nn";
import {
  Adam,
  clipGradNorm,
  clipGradValue,
  OneCycleLR,
  ReduceLROnPlateau,
  SequentialLR,
  SGD,
  StepLR,
  LinearLR,
} from "@tapegrad/optim";
import { optimizers } from "@tapegrad/optim/internal";
import { assign, CompileError, ShapeError, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot, type Wrap } from "./same-as-eager.ts";

const matrix = (): Tensor =>
  tensor(
    [
      [1, -2],
      [3, 0.5],
    ],
    { requiresGrad: true },
  );

const bothWays: readonly Wrap[] = [(fn) => compile(fn), (fn) => fn];

describe("a compiled step", () => {
  it.each(Object.entries(optimizers))("of %s calls its closure, and returns what that returns", (_name, Class) => {
    expectSameAsEager((wrap) => {
      const w = matrix();
      const optimizer = new Class([w]);
      const step = wrap((scale: Tensor) =>
        optimizer.step(() => {
          optimizer.zeroGrad();
          const loss = w.mul(scale).square().sum();
          loss.backward();
          return loss;
        }),
      );
      const seen = [];
      for (const scale of [1, 2, 0.5]) seen.push(snapshot(noGrad(() => step(tensor([scale])))), snapshot(w));
      return seen;
    });
  });

  it("notices groups that are added between calls, and schedules from before and after", () => {
    expectSameAsEager((wrap) => {
      const params = [1, 2, 3].map((value) => tensor([value], { requiresGrad: true }));
      const optimizer = new SGD(params.slice(0, 1), { lr: 0.5, momentum: 0.9 });
      const early = new StepLR(optimizer, { stepSize: 2, gamma: 0.5 });
      const step = wrap((t: Tensor) => {
        optimizer.zeroGrad();
        for (const p of params) p.mul(t).square().sum().backward();
        clipGradNorm(params, 2);
        optimizer.step();
        early.step();
      });
      const seen: unknown[] = [];
      const go = (): void => {
        step(tensor([0.5]));
        const rates = optimizer.groups.map(({ lr, initialLr }) => [lr.item(), initialLr]);
        seen.push(params.map(snapshot), rates, optimizer.stateDict().param_groups, early.stateDict());
      };
      go();
      optimizer.addParamGroup({ params: params.slice(1, 2), lr: 0.25, weightDecay: 0.1 });
      go();
      const late = new LinearLR(optimizer, { totalIters: 4 });
      optimizer.addParamGroup({ params: params.slice(2), momentum: 0 });
      go();
      late.step();
      go();
      return seen;
    });
  });

  it("refuses to add a group inside, and has added none", () => {
    const optimizer = new SGD([matrix()]);
    const call = (): unknown => compile(() => optimizer.addParamGroup({ params: [matrix()] }))();
    expect(call).toThrow(CompileError);
    expect(call).toThrow("SGD.addParamGroup: expected a call outside compiled functions");
    expect(optimizer.groups.length).toBe(1);
  });

  it("with a gradient that does not fit fails as the plain one, and changes nothing", () => {
    for (const wrap of bothWays) {
      const [a, b] = [matrix(), matrix()];
      const optimizer = new Adam([a, b], { lr: 1 });
      const step = wrap((scale: Tensor) => {
        a.grad = a.mul(scale).detach();
        b["rawGrad"] = scale;
        optimizer.step();
      });
      const before = optimizer.stateDict();
      expect(() => step(tensor([1]))).toThrow(ShapeError);
      expect(() => step(tensor([1]))).toThrow(
        "Adam.step: expected a gradient of shape [2, 2] for parameter 1 of group 0, got [1].",
      );
      expect([a.toArray(), b.toArray()]).toEqual([matrix().toArray(), matrix().toArray()]);
      expect(optimizer.stateDict()).toEqual(before);
    }
  });
});

describe("compiled clipping", () => {
  it("has the norm of large, small, infinite and repeated gradients", () => {
    expectSameAsEager((wrap) => {
      const [p, q] = [0, 1].map(() => tensor([0, 0], { dtype: "float64", requiresGrad: true })) as [Tensor, Tensor];
      const clip = wrap((g: Tensor, normType: number) => {
        p.grad = g;
        q.grad = g.mul(0.5);
        return clipGradNorm([p, q, p], 1, { normType });
      });
      const seen = [];
      for (const normType of [1, 2, 3, Infinity]) {
        for (const size of [1, 1e200, 1e-200, Infinity, NaN, 0]) {
          seen.push(clip(tensor([3, 4 * size], { dtype: "float64" }), normType), snapshot(p.grad), snapshot(q.grad));
          seen.push(clip(tensor([3 * size, 4 * size], { dtype: "float64" }), normType).mul(1 / size));
        }
      }
      return seen;
    });
  });

  it("refuses what was walked before", () => {
    const w = matrix();
    w.grad = matrix().detach();
    for (const wrap of bothWays) {
      const used = [w].values();
      Array.from(used);
      expect(() => wrap(() => void clipGradNorm(used, 1))()).toThrow(ValueError);
      expect(() => wrap(() => clipGradValue(used, 1))()).toThrow("clipGradValue: expected at least one parameter");
    }
  });

  it("walks the parameters of a module, taken once, in every call", () => {
    expectSameAsEager((wrap) => {
      const net = new Dense(1, 1);
      assign(net.weight, tensor([[2]]));
      const params = net.parameters();
      const optimizer = new SGD(params);
      const step = wrap((x: Tensor) => {
        optimizer.zeroGrad();
        net.forward(x).sum().backward();
        return clipGradNorm(params, 1);
      });
      return [1e6, 10, 0.1].map((x) => [step(tensor([[x]])), snapshot(net.weight.grad), snapshot(net.bias?.grad)]);
    });
  });
});

describe("what a schedule counts", () => {
  it.each<[string, (schedule: SequentialLR, optimizer: SGD) => unknown]>([
    ["its step", (schedule) => schedule.stepCount],
    ["its state", (schedule) => schedule.stateDict()],
    ["its rates", (schedule) => schedule.lrs],
    ["the rate", (_schedule, optimizer) => optimizer.lr],
  ])("may not be read after the step inside (%s)", (_name, read) => {
    const optimizer = new SGD([matrix()], { lr: 1 });
    const schedules = [new StepLR(optimizer, { stepSize: 1 }), new StepLR(optimizer, { stepSize: 2 })];
    const schedule = new SequentialLR(optimizer, { schedules, milestones: [3] });
    const late = compile(() => {
      schedule.step();
      read(schedule, optimizer);
    });
    expect(late).toThrow(CompileError);
    expect(late).toThrow("expected no use of a tensor, such as a learning rate, after the step of its schedule");
    expect([schedule.stepCount, schedules[0]?.stepCount, optimizer.lr]).toEqual([0, 0, 1]);
    const early = (wrap: typeof compile): unknown[] => {
      const seen: unknown[] = [];
      const step = wrap(() => {
        seen.push(read(schedule, optimizer));
        schedule.step();
      });
      step();
      step();
      return seen;
    };
    const compiled = early(compile);
    schedule.moveTo(0);
    expect(compiled.slice(-1)).toEqual(early((fn) => fn as never).slice(-1));
  });

  it("ends with the cycle", () => {
    const seen = bothWays.map((wrap) => {
      const optimizer = new SGD([matrix()], { lr: 1, momentum: 0.9 });
      const schedule = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 2 });
      const step = wrap(() => schedule.step());
      step();
      step();
      expect(step).toThrow("OneCycleLR: expected at most 2 steps, got 3. The cycle is over.");
      return [schedule.stepCount, optimizer.lr, optimizer.groups[0]?.momentum?.item()];
    });
    expect(seen[0]).toEqual(seen[1]);
  });

  it("of a plateau is read as it is at every call", () => {
    expectSameAsEager((wrap) => {
      const plateau = new ReduceLROnPlateau(new SGD([matrix()]), { patience: 3 });
      const best = wrap((t: Tensor) => t.mul(plateau.stateDict().best ?? 0));
      return [3, 5, 2].map((metric) => {
        plateau.step(metric);
        return best(tensor([1]));
      });
    });
  });
});
