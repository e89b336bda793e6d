import "@tapegrad/autograd";
import { Dense, Lambda, Module, ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential } from "@tapegrad/nn";
import { type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { expectSameAsEager } from "./same-as-eager.ts";

const times = (factor: number): Module => new Lambda((x) => x.mul(factor));
const x = tensor([1, 2]);

describe("what changes in a container between two calls of a compiled function", () => {
  const changes: readonly ((list: ModuleList | Sequential) => unknown)[] = [
    (list) => list.append(times(3)),
    (list) => list.extend([times(5), times(7)]),
    (list) => list.insert(0, new Lambda((y) => y.add(1))),
    (list) => list.set(-1, times(11)),
    (list) => list.delete(1),
    (list) => list.pop(),
    (list) => list.append(list.pop(0)),
    () => undefined,
  ];

  it.each([
    ["Sequential", () => new Sequential(times(2)), (list: Sequential | ModuleList, y: Tensor) => list.forward(y)],
    ["ModuleList", () => new ModuleList([times(2)]), (list: Iterable<Module>, y: Tensor) => [...list].reduce((z, m) => m.forward(z), y)],
  ] as const)("takes effect in a %s", (_name, make, run) => {
    expectSameAsEager((wrap) => {
      const list = make() as Sequential & ModuleList;
      const f = wrap((y: Tensor) => run(list, y));
      return changes.map((change) => (change(list), [f(x), list.length]));
    });
    const list = make() as Sequential & ModuleList;
    expect(changes.map((change) => (change(list), run(list, x).toArray()))).toEqual([
      [6, 12], [210, 420], [420, 630], [660, 990], [330, 495], [30, 45], [16, 31], [16, 31],
    ]);
  }); // prettier-ignore

  it("takes effect in dictionaries and lists of parameters, also in a gradient", () => {
    class Net extends Module {
      readonly heads: ModuleDict = new ModuleDict({ a: new Dense(2, 2, { init: "ones" }), b: times(2) });
      readonly scales: ParameterList = new ParameterList([tensor([3, 4])]);
      readonly named: ParameterDict = new ParameterDict({ left: tensor([5, 6]) });
      override forward(y: Tensor): Tensor {
        const factors = [...this.scales, ...this.named.values()];
        return this.heads.values().reduce((z, m) => m.forward(z), factors.reduce((z, p) => z.mul(p), y)); // prettier-ignore
      }
    }
    expectSameAsEager((wrap) => {
      const net = new Net();
      net.heads.get("a").loadStateDict({ bias: tensor([1, -1]) }, { strict: false });
      const step = wrap((y: Tensor) => {
        net.zeroGrad();
        const out = net.forward(y);
        out
          .square()
          .mul(tensor([1, 3]))
          .sum()
          .backward();
        return [out, ...net.parameters().map((p) => p.grad!)];
      });
      return [
        step(x),
        (net.heads.set("b", times(3)), step(x)),
        (net.heads.delete("b"), step(x)),
        (net.scales.append(tensor([7, 8])), step(x)),
        (net.named.set("left", tensor([1, 1])), step(x)),
        (net.named.clear(), net.scales.pop(0), step(x)),
      ];
    });
  });
});
