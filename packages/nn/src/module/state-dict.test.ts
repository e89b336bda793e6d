import { ones, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { BatchNorm, Buffer, Dense, Lambda, Module, Sequential } from "../index.ts";

describe("state", () => {
  const make = (): Sequential => new Sequential(new Dense(2, 3), new BatchNorm(3));

  it("has PyTorch's keys and order, a null prototype, and shares storage", () => {
    const net = make();
    const state = net.stateDict();
    expect(Object.getPrototypeOf(state)).toBe(null);
    expect(Object.keys(state)).toEqual([
      "0.weight",
      "0.bias",
      "1.weight",
      "1.bias",
      "1.running_mean",
      "1.running_var",
      "1.num_batches_tracked",
    ]);
    expect(state["0.weight"]?.shape).toEqual([3, 2]);
    net.forward(
      tensor([
        [1, 2],
        [3, 5],
      ]),
    );
    expect(state["1.num_batches_tracked"]?.item()).toBe(1);
    expect(state["0.weight"]?.requiresGrad).toBe(false);
  });

  it("loads into the same tensors", () => {
    const [a, b] = [make(), make()];
    a.forward(randn([8, 2]));
    const parameters = b.parameters();
    expect(b.loadStateDict(a.stateDict())).toEqual({ missing: [], unexpected: [] });
    expect(b.parameters()).toEqual(parameters);
    const x = randn([5, 2]);
    expect(b.eval().forward(x).toArray()).toEqual(a.eval().forward(x).toArray());
    a.loadStateDict(a.stateDict());
  });

  it("converts float dtypes when it loads", () => {
    const net = new Dense(1, 1);
    net.loadStateDict({ weight: tensor([[2]], { dtype: "float64" }), bias: tensor([3], { dtype: "int32" }) });
    expect([net.weight.dtype, net.weight.item(), net.bias?.item()]).toEqual(["float32", 2, 3]);
  });

  it("lists every key that does not match, and then has changed nothing", () => {
    const net = make();
    const before = Object.values(net.stateDict()).map((t) => t.toArray());
    const { "0.bias": _, ...rest } = net.stateDict();
    const broken = {
      ...rest,
      "0.weight": zeros([2, 3]),
      "1.num_batches_tracked": tensor(1),
      extra: zeros([1]),
      "1.bias": 3 as unknown as Tensor,
      "1.weight": ones([3]).mul(7),
    };
    expect(() => net.loadStateDict(broken)).toThrow(
      "loadStateDict: expected the 7 keys of Sequential, got 1 missing, 1 unexpected and 3 that do not fit.\n" +
        "  missing: 0.bias\n" +
        "  unexpected: extra\n" +
        "  not fitting: 0.weight (expected [3, 2], got [2, 3]), 1.bias (expected a tensor, got 3), " +
        "1.num_batches_tracked (expected int32, got float32)",
    );
    expect(Object.values(net.stateDict()).map((t) => t.toArray())).toEqual(before);
  });

  it("may be partial if not strict, but must fit", () => {
    const net = make();
    expect(net.loadStateDict({ "0.bias": ones([3]), extra: ones([1]) }, { strict: false })).toMatchObject({
      unexpected: ["extra"],
    });
    expect((net.at(0) as Dense).bias?.toArray()).toEqual([1, 1, 1]);
    expect(() => net.loadStateDict({ "0.bias": ones([4]) }, { strict: false })).toThrow(
      "0.bias (expected [3], got [4])",
    );
  });

  it("may stand behind a prefix, beside others", () => {
    const net = make();
    const wrapped = Object.fromEntries(Object.entries(make().stateDict()).map(([key, t]) => [`module.${key}`, t]));
    expect(() => net.loadStateDict(wrapped)).toThrow(
      /All keys are there behind "module\.": load with \{ prefix: "module\." \}\.$/,
    );
    expect(net.loadStateDict({ ...wrapped, other: ones([1]) }, { prefix: "module." })).toEqual({
      missing: [],
      unexpected: [],
    });
    expect((net.at(0) as Dense).weight.data).toEqual(wrapped["module.0.weight"]?.data);
    expect(() => net.loadStateDict({ ...wrapped, "module.x": ones([1]) }, { prefix: "module." })).toThrow(
      /unexpected: module\.x$/,
    );
    // Not all of them: no prefix is proposed.
    const { "module.0.bias": _, ...rest } = wrapped;
    expect(() => net.loadStateDict(rest)).toThrow(/unexpected: (?!.*All keys)/);
  });

  it("needs a shared tensor once", () => {
    const tied = new Dense(2, 2, { bias: false });
    const net = new Sequential(tied, new Lambda((x) => x.relu()), tied);
    expect(net.loadStateDict({ "2.weight": ones([2, 2]) })).toEqual({ missing: [], unexpected: [] });
    expect(tied.weight.toArray()).toEqual([[1, 1], [1, 1]]); // prettier-ignore
    expect(() => net.loadStateDict({})).toThrow("missing: 0.weight, 2.weight");
  });

  it("takes no key from a prototype", () => {
    const inherited = Object.create({ weight: ones([1, 1]), bias: ones([1]) }) as Record<string, Tensor>;
    expect(() => new Dense(1, 1).loadStateDict(inherited)).toThrow(
      "loadStateDict: expected a state as stateDict returns it",
    );
  });

  it("refuses two fields with one key", () => {
    class Twice extends Module {
      runningMean: Buffer = new Buffer(zeros([1]));
      running_mean: Buffer = new Buffer(zeros([1]));
      override forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect(() => new Twice().stateDict()).toThrow(
      'stateDict: expected distinct keys, got two fields with the key "running_mean".',
    );
  });
});
