import { assign, randn, ShapeError, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { convertStorage } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { WeightAverage, type WeightAverageState } from "./weight-average.ts";

const leaf = (...values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });
const set = (p: Tensor, ...values: number[]): void => assign(p, tensor(values, { dtype: p.dtype }));

describe("WeightAverage", () => {
  it("weighs all updates alike", () => {
    const p = leaf(0, 0);
    const average = new WeightAverage([p]);
    for (const value of [1, 2, 6, 7]) {
      set(p, value, -value);
      average.update();
    }
    expect(average.averages[0]?.toArray()).toEqual([4, -4]);
    expect(p.toArray()).toEqual([7, -7]);
  });

  it("forgets by decay, and copies first", () => {
    const p = leaf(100);
    const average = new WeightAverage([p], { decay: 0.75 });
    const got = [4, 8, 0].map((value) => {
      set(p, value);
      average.update();
      return average.averages[0]?.item();
    });
    expect(got).toEqual([4, 5, 3.75]);
  });

  it("does not follow parameters between updates, and records nothing", () => {
    const p = leaf(1);
    const average = new WeightAverage([p]);
    average.update();
    set(p, 5);
    expect([average.averages[0]?.item(), average.averages[0]?.requiresGrad]).toEqual([1, false]);
    expect(average.averages[0]?.storage).not.toBe(p.storage);
  });

  it("exchanges values and gives them back", () => {
    const [p, q] = [leaf(1), leaf(2, 3)];
    const average = new WeightAverage([p, q]);
    average.update();
    set(p, 3);
    average.update();
    const { storage } = p;
    average.swap();
    expect([p.item(), p.storage === storage]).toEqual([2, true]);
    average.swap();
    expect([p.item(), average.averages[0]?.item()]).toEqual([3, 2]);
    expect(q.toArray()).toEqual([2, 3]);
  });

  it("follows a change of dtype", () => {
    const p = leaf(0.1);
    const average = new WeightAverage([p]);
    convertStorage(p, "float32");
    average.update();
    expect(average.averages[0]?.dtype).toBe("float32");
    average.swap();
    expect(p.item()).toBe(Math.fround(0.1));
  });

  it.each([undefined, 0.9])("resumes to the same bits with decay %j", (decay) => {
    const options = decay === undefined ? {} : { decay };
    const [p, other] = [leaf(0, 0, 0), leaf(0, 0, 0)];
    const [whole, part] = [new WeightAverage([p], options), new WeightAverage([other], options)];
    for (let step = 0; step < 8; step++) {
      if (step === 4) part.loadStateDict(whole.stateDict());
      assign(p, randn([3], { dtype: "float64" }));
      assign(other, p.detach());
      whole.update();
      if (step >= 4) part.update();
    }
    expect(part.averages[0]?.toArray()).toEqual(whole.averages[0]?.toArray());
    expect(part.stateDict().count).toBe(8);
  });

  const swapped = (): WeightAverage => {
    const average = new WeightAverage([leaf(1)]);
    average.swap();
    return average;
  };
  const state: WeightAverageState = { count: 1, averages: [leaf(1)] };
  it.each<[string, () => unknown, new (m: string) => Error, string]>([
    [
      "decay",
      () => new WeightAverage([leaf(1)], { decay: 2 }),
      ValueError,
      "WeightAverage: expected decay in [0, 1], got 2.",
    ],
    [
      "option",
      () => new WeightAverage([leaf(1)], { mode: "ema" } as object),
      ValueError,
      'WeightAverage: expected options decay, got "mode".',
    ],
    [
      "parameter",
      () => new WeightAverage([leaf(1).mul(2)]),
      ValueError,
      'WeightAverage: expected leaf tensors as parameters, got the result of "mul".',
    ],
    [
      "list",
      () => new WeightAverage(3 as unknown as Tensor[]),
      ValueError,
      "WeightAverage: expected an iterable of tensors or of parameter groups, got 3. Pass model.parameters().",
    ],
    [
      "update",
      () => swapped().update(),
      ValueError,
      "WeightAverage.update: expected the parameters' own values, got the averages. Call swap() first.",
    ],
    [
      "stateDict",
      () => swapped().stateDict(),
      ValueError,
      "WeightAverage.stateDict: expected the parameters' own values, got the averages.",
    ],
    [
      "loadStateDict",
      () => swapped().loadStateDict(state),
      ValueError,
      "WeightAverage.loadStateDict: expected the parameters' own values, got the averages.",
    ],
    [
      "count",
      () => new WeightAverage([leaf(1)]).loadStateDict({ ...state, count: -1 }),
      ValueError,
      "WeightAverage.loadStateDict: expected count to be a whole number ≥ 0, got -1.",
    ],
    [
      "number",
      () => new WeightAverage([leaf(1)]).loadStateDict({ ...state, averages: [] }),
      ValueError,
      "WeightAverage.loadStateDict: expected 1 averages, got 0.",
    ],
    [
      "shape",
      () => new WeightAverage([leaf(1, 2)]).loadStateDict(state),
      ShapeError,
      "WeightAverage.loadStateDict: expected an average of shape [2], got [1].",
    ],
  ])("refuses a wrong %s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
