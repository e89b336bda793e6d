import { assign, ones, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { BatchNorm, Dense, InstanceNorm, type Module, Parameter, Sequential } from "../../src/index.ts";

const valuesOf = (module: Module): unknown => Object.entries(module.stateDict()).map(([key, t]) => [key, t.toArray()]);
const make = (): Sequential => new Sequential(new Dense(1, 1), new Sequential(new Dense(1, 2)));

describe("hooks of states", () => {
  it("run in PyTorch's order, with its prefixes", () => {
    const net = make();
    const inner = net.at(1) as Sequential;
    const seen: string[] = [];
    for (const [name, module] of [["net", net], ["inner", inner], ["dense", inner.at(0)!]] as const) {
      module.registerStateDictPreHook((_, prefix) => void seen.push(`pre ${name} ${prefix}`));
      module.registerStateDictPostHook((_, dict, prefix) => void seen.push(`post ${name} ${prefix} ${Object.keys(dict).length}`));
      module.registerLoadStateDictPreHook((_, dict, prefix) => void seen.push(`load ${name} ${prefix} ${Object.keys(dict).length}`));
      module.registerLoadStateDictPostHook((_, { missing }) => void seen.push(`loaded ${name} ${missing.length}`));
    }
    const state = net.stateDict();
    expect(seen.splice(0)).toEqual(["pre net ", "pre inner 1.", "pre dense 1.0.", "post dense 1.0. 4", "post inner 1. 4", "post net  4"]);
    net.loadStateDict(Object.fromEntries(Object.entries(state).map(([key, t]) => [`m.${key}`, t])), { prefix: "m." });
    expect(seen.splice(0)).toEqual(["load net m. 4", "load inner m.1. 4", "load dense m.1.0. 4", "loaded dense 0", "loaded inner 0", "loaded net 0"]);
    net.clone().loadStateDict(state);
    expect(seen.length).toBe(6);
  }); // prettier-ignore

  it("see the module of a copy, and can be removed", () => {
    const layer = new Dense(1, 1);
    const seen: Module[] = [];
    const handle = layer.registerStateDictPreHook((module) => void seen.push(module));
    const copy = layer.clone();
    copy.stateDict();
    handle.remove();
    layer.stateDict();
    copy.stateDict();
    expect(seen).toEqual([copy, copy]);
  });

  it("change what is read", () => {
    const net = make();
    const inner = net.at(1) as Sequential;
    inner.at(0)!.registerStateDictPreHook((module) => {
      const layer = module as Dense;
      layer.bias = new Parameter(tensor([5, 6]));
      assign(layer.weight, zeros([2, 1]));
    });
    inner.registerStateDictPostHook((_, dict, prefix) => {
      dict[`${prefix}renamed`] = dict[`${prefix}0.bias`]!;
      delete dict[`${prefix}0.bias`];
      dict.version = tensor(2);
    });
    const state = net.stateDict();
    expect(Object.keys(state)).toEqual(["0.weight", "0.bias", "1.0.weight", "1.renamed", "version"]);
    expect([state["1.renamed"]?.toArray(), state["1.0.weight"]?.toArray()]).toEqual([
      [5, 6],
      [[0], [0]],
    ]);
  });

  it("change what is loaded, and not what was given", () => {
    const net = make();
    net.at(0)!.registerLoadStateDictPreHook((_, dict, prefix) => {
      dict[`${prefix}weight`] = dict[`${prefix}kernel`]!.transpose();
      delete dict[`${prefix}kernel`];
    });
    const { "0.weight": weight, ...state } = net.stateDict();
    const given = { ...state, "0.kernel": ones([1, 1]).mul(7) };
    net.loadStateDict(given);
    expect(weight?.toArray()).toEqual([[7]]);
    expect(Object.keys(given)).toEqual(["0.bias", "1.0.weight", "1.0.bias", "0.kernel"]);
    expect(() => net.loadStateDict({ ...given, "0.kernel": ones([1, 2]) })).toThrow("0.weight (expected [1, 1], got [2, 1])");
  }); // prettier-ignore

  it("decide what is missing, as in PyTorch, and put back what was loaded where they fail", () => {
    const net = make();
    const [before, values] = [net.clone().stateDict(), valuesOf(net)];
    const { "0.bias": _, ...rest } = net.stateDict();
    const state: Record<string, Tensor> = { ...Object.fromEntries(Object.entries(rest).map(([key, t]) => [key, t.add(1)])), extra: ones([1]) };
    let loaded: unknown;
    const handle = net.registerLoadStateDictPostHook((module, { missing, unexpected }) => {
      loaded = (module.at(0) as Dense).weight.item();
      expect([missing, unexpected]).toEqual([["0.bias"], ["extra"]]);
      unexpected.length = 0;
    });
    expect(() => net.loadStateDict(state)).toThrow("got 1 missing, 0 unexpected and 0 that do not fit.\n  missing: 0.bias");
    expect(loaded).toBe(state["0.weight"]!.item());
    expect(valuesOf(net)).toEqual(values);
    expect(net.loadStateDict(state, { strict: false })).toEqual({ missing: ["0.bias"], unexpected: [] });
    handle.remove();
    net.loadStateDict(before);
    net.registerLoadStateDictPostHook((_net, keys) => void keys.missing.push("mine"));
    expect(() => net.loadStateDict(before)).toThrow("missing: mine");
    net.registerLoadStateDictPostHook(() => {
      throw new Error("no");
    });
    expect(() => net.loadStateDict(state, { strict: false })).toThrow("no");
    expect(valuesOf(net)).toEqual(values);
  }); // prettier-ignore
});

describe("states of before PyTorch 0.4.1", () => {
  it("lack the number of batches of norms, which stays as it is", () => {
    const net = new Sequential(new BatchNorm(2), new InstanceNorm(2, { trackRunningStats: true }));
    net.at(0)!.forward(tensor([[1, 2], [3, 5]]));
    const state: Record<string, Tensor> = { ...net.clone().stateDict() };
    for (const key of ["0.num_batches_tracked", "1.num_batches_tracked"]) delete state[key];
    const other = new Sequential(new BatchNorm(2), new InstanceNorm(2, { trackRunningStats: true }));
    assign((other.at(0) as BatchNorm).numBatchesTracked!, tensor(3, { dtype: "int32" }));
    expect(other.loadStateDict(state)).toEqual({ missing: [], unexpected: [] });
    expect((other.at(0) as BatchNorm).numBatchesTracked?.item()).toBe(3);
    expect((other.at(0) as BatchNorm).runningMean?.toArray()).toEqual((net.at(0) as BatchNorm).runningMean?.toArray());
    delete state["0.running_mean"];
    expect(() => other.loadStateDict(state)).toThrow("missing: 0.running_mean");
  }); // prettier-ignore
});
