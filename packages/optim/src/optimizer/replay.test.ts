import { assign, Generator, randn, type Tensor, zerosLike } from "@tapegrad/tensor";
import { Cell, convertStorage, option, ranges } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { type AnyClass, type DTypes, Pair } from "../../test/optimizer-pair.ts";
import { plainly } from "../../test/plain-step.ts";
import { Adam } from "../algorithms/adam.ts";
import { optimizers } from "../internal.ts";
import { Optimizer } from "./optimizer.ts";
import { WeightAverage } from "../averaging/weight-average.ts";
import type { UpdateBatch, UpdateRule } from "./update-rule.ts";
import { SGD } from "../algorithms/sgd.ts";

/** Around four lanes, around a chunk of the longest program and of the shortest, and two axes. */
const sizes: readonly (readonly number[])[] = [[1], [3], [4], [5], [20, 10], [7, 1], [1, 6], [2500], [0, 2], [2, 3, 4]];
const isMatrix = (shape: readonly number[]): boolean => shape.length >= 2 && !shape.includes(0);
const shapesFor = (name: string): (readonly number[])[] =>
  name === "muon"
    ? sizes.filter(isMatrix)
    : [...sizes.filter((shape) => !shape.includes(0) || name !== "muonAdamW"), []];

describe.each(Object.entries(optimizers) as [string, AnyClass][])("%s", (name, Class) => {
  it.each([[["float32"]], [["float64"]], [["float32", "float64"]]] as [DTypes][])(
    "changes the bits that single operations change, in %j",
    (dtypes) => {
      const pair = new Pair(Class, shapesFor(name), dtypes);
      for (let step = 0; step < 5; step++) {
        pair.draw();
        pair.step();
      }
    },
  );

  it("sees each of its settings change between steps", () => {
    const pair = new Pair(Class, shapesFor(name), ["float32"]);
    let changed = 0;
    pair.draw();
    pair.step();
    for (const setting of Object.keys(pair.optimizers[0].groups[0]!.settings as object)) {
      for (const other of others((pair.optimizers[0].groups[0]!.settings as Record<string, unknown>)[setting])) {
        const [first, second] = pair.optimizers.map((optimizer) => {
          const settings = optimizer.groups[0]!.settings as Record<string, unknown>;
          try {
            settings[setting] = other;
            return true;
          } catch {
            return false;
          }
        });
        expect(first).toBe(second);
        if (first) changed++;
        pair.draw();
        pair.step();
        pair.step();
      }
    }
    expect(changed).toBeGreaterThan(1);
  });

  it("sees which parameters have gradients, and what else is trained", () => {
    const shapes = shapesFor(name).slice(0, 4);
    const pair = new Pair(Class, shapes, ["float32"]);
    const missing = [() => false, (i: number) => i === 1, (i: number) => i !== 1, () => true, (i: number) => i === 1];
    for (const isMissing of missing) {
      pair.draw(isMissing);
      pair.step();
    }
    const more = [randn(shapes.at(-1)!), randn(shapes.at(-1)!)];
    pair.each((optimizer, params) => {
      const added = more.map((x) => x.clone().requiresGrad_());
      params.push(...added);
      optimizer.addParamGroup({ params: added, lr: 0.01 });
    });
    for (let step = 0; step < 2; step++) {
      pair.draw();
      pair.step();
    }
  });

  it("goes on from a state that is loaded, and in another dtype", () => {
    const pair = new Pair(Class, shapesFor(name).slice(0, 4), ["float32"]);
    pair.draw();
    pair.step();
    const early = pair.optimizers[0].stateDict();
    pair.draw();
    pair.step();
    pair.each((optimizer) => optimizer.loadStateDict(early));
    pair.draw();
    pair.step();
    pair.each((_, params) => params.forEach((param, i) => convertStorage(param, i === 0 ? "float32" : "float64")));
    pair.draw();
    pair.step();
    pair.each((_, params) => params.forEach((param) => convertStorage(param, "float32")));
    pair.draw();
    pair.step();
  });
});

/** Other values of a setting. */
function others(value: unknown): unknown[] {
  if (typeof value === "boolean") return [!value, value];
  if (typeof value === "number") return value === 0 ? [0.01, 0.02] : [value * 0.9, value * 0.8];
  if (!Array.isArray(value)) return [];
  return [value.map((part: unknown) => (typeof part === "number" ? part * 0.99 : part))];
}

/** Optimizers of a formula of one's own. */
class Own extends Optimizer<{ lr?: number }> {
  constructor(rule: Partial<UpdateRule<{ lr?: number }>>, params: Tensor[]) {
    super(
      { name: "Own", options: { lr: option(ranges.nonNegative, 1) }, initialState: () => ({}), ...rule } as UpdateRule<{
        lr?: number;
      }>,
      params,
      {},
    );
  }
}

describe("special values", () => {
  it.each([Adam, SGD, optimizers["rprop"]!, optimizers["lion"]!] as AnyClass[])("pass through %o", (Class) => {
    const odd = [NaN, Infinity, -Infinity, 0, -0, 1e-45, 3e38, -1e-30];
    const pair = new Pair(Class, [[8], [8]], ["float32"]);
    for (let step = 0; step < 3; step++) {
      for (const params of pair.params) {
        params.forEach((param, i) => {
          param.grad = zerosLike(param);
          assign(param.grad, randn([8]).mul(0));
          param.grad.data.set(i === 0 ? odd : odd.toReversed());
        });
      }
      pair.step();
    }
  });
});

describe("tensors that share elements", () => {
  it("a gradient is its parameter, or another one", () => {
    const pair = new Pair(Adam as AnyClass, [[6], [6], [6]], ["float32"], { weightDecay: 0.1 });
    for (let step = 0; step < 3; step++) {
      pair.draw();
      pair.each((_, params) => {
        const [a, b, c] = params as [Tensor, Tensor, Tensor];
        a.grad = a.detach();
        b.grad = a.detach();
        c.grad = b.detach();
      });
      pair.step();
    }
  });

  it.each([[[2, 3]], [[6]]])("a parameter is another one in shape %j, in its group or another", (shape) => {
    const pair = new Pair(Adam as AnyClass, [[6], [6]], ["float32"]);
    pair.each((optimizer, params) => {
      const again = (i: number, as: number[]): Tensor => params[i]!.detach().reshape(as).requiresGrad_();
      const added = [[again(0, shape)], [again(1, shape), again(1, [6]), again(1, [3, 2])]];
      for (const group of added) {
        params.push(...group);
        optimizer.addParamGroup({ params: group });
      }
    });
    for (let step = 0; step < 3; step++) {
      pair.draw();
      pair.step();
    }
  });

  it("a gradient is what was assigned to before", () => {
    const param = zerosLike(randn([5]))
      .add(3)
      .requiresGrad_();
    param.grad = param.detach();
    const twice = ({ slots: [slot] }: UpdateBatch<object>): void => {
      assign(slot!.param, slot!.param.add(1));
      assign(slot!.param, slot!.param.sub(slot!.param.grad!));
    };
    new Own({ replayable: true, update: twice }, [param]).step();
    expect(param.toArray()).toEqual([0, 0, 0, 0, 0]);
  });

  it("a number is assigned to that elements were to be multiplied by", () => {
    const [param, factor] = [
      zerosLike(randn([5]))
        .add(3)
        .requiresGrad_(),
      zerosLike(randn([])).add(2),
    ];
    param.grad = zerosLike(param);
    const update = ({ slots: [slot] }: UpdateBatch<object>): void => {
      const next = slot!.param.mul(factor);
      assign(factor, factor.add(1));
      assign(slot!.param, next.add(factor));
    };
    const own = new Own({ replayable: true, update }, [param]);
    own.step();
    own.step();
    expect([factor.item(), param.at(4).item()]).toEqual([4, (3 * 2 + 3) * 3 + 4]);
  });

  it("arrays that were taken before see what is assigned", () => {
    const param = randn([5]).requiresGrad_();
    const { data } = param;
    const optimizer = new SGD([param], { lr: 1 });
    for (const value of [1, 2]) {
      const before = [...data];
      param.grad = zerosLike(param).add(value);
      optimizer.step();
      expect(param.data).toBe(data);
      expect([...data]).toEqual(before.map((x) => Math.fround(x - value)));
    }
  });
});

describe("an update that fails", () => {
  it("changes no more than single operations do", () => {
    const pair = new Pair(Adam as AnyClass, [[6], [700], [6]], ["float32"]);
    pair.draw();
    pair.step();
    pair.each((_, params) => {
      const { data } = params[1]!;
      structuredClone(data, { transfer: [data.buffer] });
    });
    pair.draw(() => false);
    const [own, plain] = pair.optimizers;
    expect(() => own.step()).toThrow("transferred");
    expect(() => plainly(() => plain.step())).toThrow("transferred");
    expect([...pair.params[0][2]!.data]).toEqual([...pair.params[1][2]!.data]);
    expect([...pair.params[0][0]!.data]).toEqual([...pair.params[1][0]!.data]);
  });
});

describe("a rule of one's own", () => {
  const params = (): Tensor[] => {
    const param = randn([4]).requiresGrad_();
    param.grad = zerosLike(param).add(1);
    return [param];
  };

  it("runs in every step unless it says that it need not", () => {
    const runs = [0, 0];
    const [often, once] = [undefined, true].map(
      (replayable, i) =>
        new Own(
          {
            ...(replayable === undefined ? {} : { replayable }),
            update: ({ slots }) => {
              runs[i]!++;
              for (const { param } of slots) assign(param, param.sub(param.grad!));
            },
          },
          params(),
        ),
    );
    for (let step = 0; step < 3; step++) {
      often!.step();
      once!.step();
    }
    expect(runs).toEqual([3, 1]);
  });

  it.each<[string, (param: Tensor) => void]>([
    ["reads elements", (param) => assign(param, param.mul(param.size === 4 ? kept.item() : 1))],
    ["sets a cell", (param) => (cell.set(cell.get() + 1), assign(param, param.mul(2)))],
    ["sets a gradient", (param) => ((param.grad = zerosLike(param)), assign(param, param.add(1)))],
  ])("that %s is never replayed", (_, change) => {
    const [own, plain] = [params(), params()];
    assign(plain[0]!, own[0]!);
    const [one, other] = [own, plain].map(
      (list) => new Own({ replayable: true, update: ({ slots }) => slots.forEach(({ param }) => change(param)) }, list),
    );
    for (let step = 0; step < 3; step++) {
      assign(kept, kept.add(1));
      one!.step();
      plainly(() => other!.step());
      expect(own[0]!.toArray()).toEqual(plain[0]!.toArray());
    }
  });
});

const kept = zerosLike(randn([]));
const cell = new Cell(0);

describe("weight averages", () => {
  it.each([{}, { decay: 0.9 }, { decay: 0 }])("change the bits that single operations change, with %j", (options) => {
    const generator = new Generator(3);
    const params = [randn([5]), randn([3, 700]), randn([2], { dtype: "float64" }), randn([])];
    const [own, plain] = [new WeightAverage(params, options), new WeightAverage(params, options)];
    for (let step = 0; step < 4; step++) {
      if (step === 3) convertStorage(params[0]!, "float64");
      for (const param of params) assign(param, randn(param.shape, { dtype: param.dtype, generator }));
      own.update();
      plainly(() => plain.update());
      expect(JSON.stringify(own)).toBe(JSON.stringify(plain));
    }
    own.swap();
    expect(params.map((param) => param.toArray())).toEqual(plain.averages.map((average) => average.toArray()));
  });
});
