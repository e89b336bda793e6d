import { checkpoint } from "@tapegrad/autograd";
import { BatchNorm, Embedding } from "@tapegrad/nn";
import { Adam, WeightAverage } from "@tapegrad/optim";
import { assign, type Tensor, tensor } from "@tapegrad/tensor";
import { Cell } from "@tapegrad/tensor/internal";
import { describe, expect, it, vi } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const x = tensor([1, 2]);

describe("a cell", () => {
  it("that a function writes is written at every call", () => {
    expectSameAsEager((wrap) => {
      const cell = new Cell("before");
      const f = wrap((t: Tensor) => {
        cell.set("on the way");
        const y = cell.get() === "on the way" ? t.mul(2) : t;
        cell.set("after");
        return y;
      });
      const seen: unknown[] = [];
      for (const value of ["before", "after", "between"]) {
        cell.set(value);
        seen.push(f(x), cell.get());
      }
      return seen;
    }, 0);
  });

  it("that a call like the last one reads is set back where a checkpoint runs again", () => {
    expectSameAsEager((wrap) => {
      const factor = new Cell(2);
      const f = wrap((t: Tensor) => t.mul(factor.get()));
      const w = tensor([1, 1], { requiresGrad: true });
      for (let i = 0; i < 3; i++) f(x);
      const y = checkpoint(() => w.mul(f(x)));
      factor.set(5);
      y.sum().backward();
      return [snapshot(w.grad), factor.get()];
    }, 0);
  });

  it("selects a plan by what it holds, or has one built", () => {
    const factor = new Cell(2);
    let traced = 0;
    const f = compile((t: Tensor) => {
      traced++;
      return t.mul(factor.get());
    });
    const seen = [2, 3, 2, 3, -0, 0].map((value) => {
      factor.set(value);
      return [f(x).toArray(), traced];
    });
    expect(seen).toEqual([
      [[2, 4], 1],
      [[3, 6], 2],
      [[2, 4], 2],
      [[3, 6], 2],
      [[-0, -0], 3],
      [[0, 0], 4],
    ]);
  });

  it("does not bind a function that writes it first, nor one that reads NaN", () => {
    const [flag, number] = [new Cell(true), new Cell(Number.NaN)];
    let traced = 0;
    const f = compile((t: Tensor) => {
      traced++;
      flag.set(false);
      return t.mul(flag.get() || Number.isNaN(number.get()) ? 2 : 3);
    });
    for (const value of [true, false, true]) {
      flag.set(value);
      expect(f(x).toArray()).toEqual([2, 4]);
    }
    expect(traced).toBe(1);
  });

  it("that is read and then written gets the plan of what it held", () => {
    expectSameAsEager((wrap) => {
      const turn = new Cell(0);
      const f = wrap((t: Tensor) => {
        const now = turn.get();
        turn.set((now + 1) % 3);
        return t.mul(now);
      });
      return Array.from({ length: 7 }, () => [f(x), turn.get()]);
    }, 0);
  });

  it.each(["while it is traced", "in its first run", "in a later run"])(
    "is as it was if the function fails %s",
    (when) => {
      const cell = new Cell("before");
      const embedding = new Embedding(3, 2);
      const f = compile((index: Tensor) => {
        cell.set("half");
        const y = embedding.forward(index);
        if (when === "while it is traced") throw new RangeError("got 3");
        cell.set("after");
        return y;
      });
      if (when === "in a later run") {
        f(tensor([0], { dtype: "int32" }));
        expect(cell.get()).toBe("after");
        cell.set("before");
      }
      expect(() => f(tensor([3], { dtype: "int32" }))).toThrow("got 3");
      expect(cell.get()).toBe("before");
    },
  );

  it("that holds a tensor made by a function keeps it", () => {
    expectSameAsEager((wrap) => {
      const kept = new Cell<Tensor | undefined>(undefined);
      const f = wrap((t: Tensor) => {
        if (kept.get() === undefined) kept.set(tensor([5, 6]));
        return t.mul(kept.get()!);
      });
      return [f(x), f(x), kept.get()];
    }, 0);
  });
});

describe("state in cells", () => {
  it("counts the steps of parameters that get gradients late, at two steps in a call", () => {
    expectSameAsEager((wrap) => {
      const params = [0, 1, 2].map((i) => tensor([i, 1 - i], { requiresGrad: true }));
      const optimizer = new Adam(params, { lr: 0.1 });
      const step = wrap((t: Tensor, used: number) => {
        for (let i = 0; i < 2; i++) {
          optimizer.zeroGrad();
          params.slice(0, used).forEach((p) => p.mul(t).square().sum().backward());
          optimizer.step();
        }
      });
      const seen = [];
      for (const used of [1, 1, 2, 3, 1, 3]) {
        step(x, used);
        const { state } = optimizer.stateDict();
        seen.push(
          params.map(snapshot),
          Object.values(state).map((entry) => entry["step"]),
        );
      }
      optimizer.loadStateDict(optimizer.stateDict());
      step(x, 3);
      return [seen, params.map(snapshot), optimizer.stateDict()];
    });
  });

  it("is asked for once for all parameters of an optimizer, and loading its state keeps the plan", () => {
    const params = Array.from({ length: 6 }, () => tensor([1], { requiresGrad: true }));
    const optimizer = new Adam(params);
    let traced = 0;
    const step = compile(() => {
      traced++;
      for (const p of params) p.grad = p.mul(2).detach();
      optimizer.step();
    });
    step();
    optimizer.loadStateDict(optimizer.stateDict());
    const get = vi.spyOn(Cell.prototype, "get");
    step();
    // Which groups there are, whose counter is whose, the settings of the group, and the hooks.
    expect([traced, get.mock.calls.length]).toEqual([1, 4]);
    get.mockRestore();
  });

  it("has a plan made for other options of an optimizer", () => {
    expectSameAsEager((wrap) => {
      const p = tensor([1, -2], { requiresGrad: true });
      const optimizer = new Adam([p], { lr: 0.1 });
      const step = wrap((t: Tensor) => {
        p.grad = p.mul(t).detach();
        optimizer.step();
      });
      const seen = [];
      for (const betas of [undefined, [0.5, 0.6], undefined, [0.9, 0.999]]) {
        const { state, param_groups } = optimizer.stateDict();
        const [group] = param_groups;
        if (betas !== undefined) optimizer.loadStateDict({ state, param_groups: [{ ...group!, betas }] });
        step(x);
        seen.push(snapshot(p));
      }
      return seen;
    });
  });

  it("converts the moments after the parameters, up and down", () => {
    expectSameAsEager((wrap) => {
      const model = new BatchNorm(2);
      const optimizer = new Adam(model.parameters(), { lr: 0.1 });
      const average = new WeightAverage(model.parameters());
      const step = wrap((t: Tensor) => {
        optimizer.zeroGrad();
        model.forward(t).mul(t).sum().backward();
        optimizer.step();
        average.update();
      });
      const seen = [];
      for (const dtype of ["float32", "float64", "float64", "float32"] as const) {
        model.to(dtype);
        step(
          tensor(
            [
              [1, 2],
              [3, 5],
              [4, -1],
            ],
            { dtype },
          ),
        );
        seen.push(optimizer.stateDict().state[0], average.averages.map(snapshot), model.parameters().map(snapshot));
      }
      return seen;
    });
  });

  it("swaps averages in and out at every call", () => {
    expectSameAsEager((wrap) => {
      const p = tensor([1, 2], { requiresGrad: true });
      const average = new WeightAverage([p], { decay: 0.5 });
      const update = wrap(() => average.update());
      const swap = wrap(() => average.swap());
      const attempt = (): string => {
        try {
          update();
          return "updated";
        } catch (error) {
          return String(error);
        }
      };
      const seen: unknown[] = [];
      for (let i = 0; i < 5; i++) {
        assign(p, p.mul(2));
        seen.push(attempt());
        swap();
        seen.push(snapshot(p), attempt(), snapshot(average.averages[0]));
      }
      return seen;
    });
  });

  it("of a checkpoint inside a compiled function is that of the function", () => {
    expectSameAsEager((wrap) => {
      const model = new BatchNorm(2);
      const w = tensor([1, 2], { requiresGrad: true });
      const step = wrap((t: Tensor) => {
        w.grad = undefined;
        const y = checkpoint((h) => {
          const out = model.forward(h.mul(w));
          model.eval();
          return out;
        }, t);
        model.train();
        y.square().sum().backward();
        return y;
      });
      const t = tensor([
        [1, 2],
        [3, 5],
        [4, -1],
      ]);
      return [step(t), step(t), snapshot(w.grad), model.training, snapshot(model.runningMean)];
    });
  });
});
