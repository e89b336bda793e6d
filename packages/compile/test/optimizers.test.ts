import { noGrad } from "@tapegrad/autograd";
import { Adam, clipGradNorm, LBFGS, type Optimizer, SGD, StepLR, LinearLR } from "@tapegrad/optim";
import { optimizers } from "@tapegrad/optim/internal";
import { assign, CompileError, ShapeError, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { matrix } from "./matrix.ts";
import { bothWays, expectSameAsEager, snapshot } from "./same-as-eager.ts";

/** An optimizer of any name. */
type OptimizerClass = new (params: Iterable<Tensor>, options: object) => Optimizer;

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

  it.each(Object.entries(optimizers))(
    "of %s with a rate of 0, as at the start of a warm-up, is finite",
    (_name, Class) => {
      expectSameAsEager((wrap) => {
        const w = matrix();
        const optimizer = new Class([w]);
        optimizer.lr = 0.5;
        const schedule = new LinearLR(optimizer, { startFactor: 0, totalIters: 2 });
        const step = wrap((scale: Tensor) => {
          optimizer.zeroGrad();
          w.mul(scale).square().sum().backward();
          optimizer.step();
          schedule.step();
        });
        return [1, 2, 0.5].map((scale) => {
          step(tensor([scale]));
          expect([...w.data].every(Number.isFinite)).toBe(true);
          return snapshot(w);
        });
      });
    },
  );

  it.each<[string, object]>([
    ["adamax", { weightDecay: 0.1, decoupledWeightDecay: true }],
    ["rmsprop", { weightDecay: 0.1, decoupledWeightDecay: true, momentum: 0.5 }],
    ["adafactor", { lr: 0.1, eps: [1e-30, 1e-3], epsInSquares: true, weightDecay: 0.1 }],
    ["lamb", { lr: 0.1, weightDecay: 0.1 }],
    ["lars", { lr: 1, trustCoefficient: 0.1, nesterov: true }],
    ["ftrl", { lr: 0.1, l1: 0.1, l2: 0.1, l2Shrinkage: 0.1, beta: 1 }],
    ["rprop", { lr: 0.1, stepSizes: [0.05, 0.2] }],
    ["asgd", { lr: 0.1, lambd: 0.1, t0: 1 }],
    ["sparseAdam", { lr: 0.1 }],
    ["muonAdamW", { lr: 0.1, nsSteps: 3 }],
  ])(
    "of %s with %j goes on as the plain one, also where settings change, rows rest and gradients are missing",
    (name, options) => {
      expectSameAsEager((wrap) => {
        const params = [matrix(), tensor([1, -1], { requiresGrad: true })];
        const optimizer = new (optimizers[name]! as OptimizerClass)(params, options);
        const step = wrap((scale: Tensor, which: number) => {
          optimizer.zeroGrad();
          for (const p of params.slice(0, which)) p.mul(scale).square().sum().backward();
          optimizer.step();
        });
        const seen: unknown[] = [];
        for (const [i, which] of [2, 2, 1, 2, 2].entries()) {
          if (i === 3) optimizer.lr = 0.05;
          if (i === 3 && "weightDecay" in optimizer.groups[0]!.settings)
            optimizer.groups[0]!.settings.weightDecay = 0.5;
          step(tensor([1, i % 2]), which);
          seen.push(params.map(snapshot));
        }
        const { state } = optimizer.stateDict();
        return [...seen, Object.values(state).map((entry) => Object.values(entry).map(snapshot))];
      });
    },
  );

  it("runs hooks, and notices those that come and go between calls", () => {
    expectSameAsEager((wrap) => {
      const w = matrix();
      const optimizer = new SGD([w], { lr: 0.1 });
      const halve = (): void => void (w.grad = w.grad?.mul(0.5));
      const keep = (): void => assign(w, w.clamp(-1, 1));
      const step = wrap((scale: Tensor) => {
        optimizer.zeroGrad();
        w.mul(scale).square().sum().backward();
        optimizer.step();
      });
      const seen: unknown[] = [];
      const go = (): void => {
        step(tensor([2]));
        seen.push(snapshot(w));
      };
      go();
      const handles = [optimizer.registerStepPreHook(halve), optimizer.registerStepPostHook(keep)];
      go();
      handles[0]!.remove();
      go();
      handles[1]!.remove();
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

describe("LBFGS", () => {
  const distance = (w: Tensor): Tensor =>
    w
      .sub(tensor([2, -1]))
      .square()
      .sum()
      .add(w.pow(4).sum());

  it("is the same with a closure whose loss and gradients are compiled", () => {
    expectSameAsEager((wrap) => {
      const w = matrix();
      const optimizer = new LBFGS([w], { maxIter: 4, lineSearchFn: "strong_wolfe" });
      const evaluate = wrap(() => {
        optimizer.zeroGrad();
        const loss = distance(w);
        loss.backward();
        return loss;
      });
      return [0, 1, 2].map(() => [
        snapshot(optimizer.step(evaluate)),
        snapshot(w),
        optimizer.stateDict().state[0]?.["func_evals"],
      ]);
    });
  });

  it("refuses a compiled step, whose course depends on values, and says what to compile", () => {
    const w = matrix();
    const optimizer = new LBFGS([w]);
    const step = compile(() => optimizer.step(() => distance(w)));
    expect(() => step()).toThrow(CompileError);
    expect(() => step()).toThrow(
      "LBFGS.step: expected a call outside compiled functions, got one while tracing. Compile the function that computes loss and gradients.",
    );
    expect(w.toArray()).toEqual(matrix().toArray());
  });
});
