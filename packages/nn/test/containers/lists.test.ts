import { ones, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  Dense,
  functionalCall,
  Lambda,
  Module,
  ModuleDict,
  ModuleList,
  Parameter,
  ParameterDict,
  ParameterList,
  Sequential,
} from "../../src/index.ts";

const times = (factor: number): Module => new Lambda((x) => x.mul(factor).add(1));
const [a, b, c, d] = [times(2), times(3), times(5), times(7)] as const;

describe.each([
  ["Sequential", () => new Sequential(a, b, c)],
  ["ModuleList", () => new ModuleList([a, b, c])],
] as const)("the list of a %s", (name, make) => {
  const insides = (list: Iterable<Module>): Module[] => [...list];

  it("changes as PyTorch's does", () => {
    expect(insides(make().append(d))).toEqual([a, b, c, d]);
    expect(insides(make().extend([d, a]))).toEqual([a, b, c, d, a]);
    expect(insides(make().extend(new Sequential(d)))).toEqual([a, b, c, d]);
    for (const [index, want] of [[0, [d, a, b, c]], [1, [a, d, b, c]], [3, [a, b, c, d]], [-1, [a, b, d, c]], [-3, [d, a, b, c]]] as const) {
      expect(insides(make().insert(index, d))).toEqual(want);
    }
    expect(insides(make().set(1, d))).toEqual([a, d, c]);
    expect(insides(make().set(-1, d))).toEqual([a, b, d]);
    expect(insides(make().delete(1))).toEqual([a, c]);
    expect(insides(make().delete(-3))).toEqual([b, c]);
    const list = make();
    expect([list.pop(), list.pop(0), list.pop(-1), list.length]).toEqual([c, a, b, 0]);
    list.extend([a, b]).extend(list);
    expect(insides(list)).toEqual([a, b, a, b]);
  }); // prettier-ignore

  it("has slices and concatenations of the same modules, apart from it", () => {
    const list = make();
    expect(insides(list.slice(1))).toEqual([b, c]);
    expect(insides(list.slice(-2, -1))).toEqual([b]);
    expect(insides(list.slice(5))).toEqual([]);
    expect(insides(list.slice())).toEqual([a, b, c]);
    expect(insides(list.concat([d]))).toEqual([a, b, c, d]);
    expect(insides(list.concat(list.slice(0, 1)))).toEqual([a, b, c, a]);
    expect(list.slice().constructor).toBe(list.constructor);
    list.slice().pop();
    expect(list.length).toBe(3);
  });

  it("refuses indices beyond its ends, and leaves the list", () => {
    const list = make();
    const wrong = [
      [() => list.insert(4, d), `${name}.insert: expected an index from -3 to 3, got 4.`],
      [() => list.insert(-4, d), `${name}.insert: expected an index from -3 to 3, got -4.`],
      [() => list.set(3, d), `${name}.set: expected an index from -3 to 2, got 3.`],
      [() => list.delete(-4), `${name}.delete: expected an index from -3 to 2, got -4.`],
      [() => list.pop(3), `${name}.pop: expected an index from -3 to 2, got 3.`],
      [() => list.extend([d, 3 as never]), `${name}.extend: expected module 1 to be a module, got 3.`],
      [() => list.concat([3 as never]), `${name}.concat: expected module 0 to be a module, got 3.`],
    ] as const;
    for (const [call, message] of wrong) expect(call).toThrow(new ValueError(message));
    expect(insides(list)).toEqual([a, b, c]);
    expect(() => make().slice(0, 0).pop()).toThrow(`${name}.pop: expected an index from 0 to -1, got -1.`);
  });
});

describe("ModuleDict", () => {
  it("has PyTorch's keys and order", () => {
    const heads = new ModuleDict({ oneHead: new Dense(1, 1), two: new Dense(1, 1, { bias: false }) });
    // torch.nn.ModuleDict({"oneHead": Linear(1, 1), "two": Linear(1, 1, bias=False)}).state_dict().keys()
    expect(Object.keys(heads.stateDict())).toEqual(["oneHead.weight", "oneHead.bias", "two.weight"]);
    expect([heads.size, heads.has("two"), heads.has("Two"), heads.keys()]).toEqual([2, true, false, ["oneHead", "two"]]);
    const three = new Dense(1, 2);
    heads.set("three", three).set("oneHead", three);
    expect(heads.keys()).toEqual(["oneHead", "two", "three"]);
    expect([heads.get("oneHead"), heads.pop("oneHead"), heads.keys()]).toEqual([three, three, ["two", "three"]]);
    heads.update([["four", three]]).delete("two");
    expect([...heads]).toEqual([["three", three], ["four", three]]);
    expect(new ModuleDict(new Map([["2", a], ["1", b]])).values()).toEqual([a, b]);
    expect(new ModuleDict(heads).clear().size).toBe(0);
    expect([heads.size, heads.namedChildren().map(([key]) => key)]).toEqual([2, ["three"]]);
  }); // prettier-ignore

  it("refuses names that no state can have, and those that it lacks", () => {
    const dict = new ModuleDict({ cats: a, dogs: b });
    const wrong = [
      [() => dict.get("Cats"), 'ModuleDict.get: expected one of cats, dogs, got "Cats".'],
      [() => dict.delete("birds"), 'ModuleDict.delete: expected one of cats, dogs, got "birds".'],
      [() => dict.pop("birds"), 'ModuleDict.pop: expected one of cats, dogs, got "birds".'],
      [() => dict.clone().clear().get("a"), 'ModuleDict.get: expected elements to be there, got "a".'],
      [() => dict.set("a.b", a), 'ModuleDict.set: expected names that are not empty and have no dot, got "a.b".'],
      [() => dict.update({ c, "": a }), 'ModuleDict.update: expected names that are not empty and have no dot, got "".'],
      [() => dict.set("c", 3 as never), 'ModuleDict.set: expected module "c" to be a module, got 3.'],
      [() => new ModuleDict([["a", a, b]] as never), "ModuleDict: expected pairs of a name and a module, got [a, a Lambda, a Lambda]."],
      [() => new ModuleDict(3 as never), "ModuleDict: expected modules by name, got 3."],
      [() => dict.forward(), "ModuleDict: expected its modules to be used, got a call of forward."],
    ] as const; // prettier-ignore
    for (const [call, message] of wrong) expect(call).toThrow(new ValueError(message));
    expect(dict.keys()).toEqual(["cats", "dogs"]);
  });
});

describe("lists and dictionaries of parameters", () => {
  class Scales extends Module {
    readonly list: ParameterList = new ParameterList([ones([2]), new Parameter(tensor([3, 4]))]);
    readonly dict: ParameterDict = new ParameterDict({ leftSide: tensor([5, 6]) });
    override forward(x: Tensor): Tensor {
      return [...this.list, ...this.dict.values()].reduce((y, p) => y.mul(p), x);
    }
  }

  it("have PyTorch's keys, and train", () => {
    const scales = new Scales();
    // torch: m.list = ParameterList([...]); m.dict = ParameterDict({"leftSide": ...}); m.state_dict().keys()
    expect(Object.keys(scales.stateDict())).toEqual(["list.0", "list.1", "dict.leftSide"]);
    const x = tensor([1, 2]);
    scales.forward(x).backward(tensor([1, -1]));
    expect(scales.parameters().map((p) => p.grad?.toArray())).toEqual([[15, -48], [5, -12], [3, -8]]);
    const given = { "list.1": tensor([1, 1]), "dict.leftSide": tensor([2, 2]) };
    expect(functionalCall(scales, given, x).toArray()).toEqual([2, 4]);
    expect(scales.forward(x).toArray()).toEqual([15, 48]);
    expect(scales.clone().list.at(1)).not.toBe(scales.list.at(1));
    const other = new Scales();
    other.list.set(1, ones([2]));
    other.loadStateDict(JSON.parse(JSON.stringify(scales.stateDict())));
    expect(other.forward(x).toArray()).toEqual([15, 48]);
  }); // prettier-ignore

  it("make parameters of tensors, and keep those that are", () => {
    const own = new Parameter(ones([1]), { requiresGrad: false });
    const list = new ParameterList([own]).append(ones([2])).insert(0, own);
    expect([list.at(0), list.at(1), list.at(2)?.requiresGrad]).toEqual([own, own, true]);
    expect([list.slice(2).length, list.concat([ones([3])]).length, list.parameters().length]).toEqual([1, 4, 2]);
    expect(new ParameterDict({ own }).get("own")).toBe(own);
    expect(() => list.append(3 as never)).toThrow("ParameterList.append: expected parameter to be a tensor, got 3.");
    expect(() => new ParameterDict({ n: tensor([1], { dtype: "int32" }) })).toThrow(
      'ParameterDict: expected parameter "n" to be float32 or float64, got int32.',
    );
    expect(() => list.forward()).toThrow("ParameterList: expected its parameters to be used, got a call of forward.");
  });
});
