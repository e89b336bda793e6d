import { grad, gradcheck } from "@tapegrad/autograd";
import { assign, manualSeed, randn, ShapeError, stack, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../../src/index.ts";
import { samples } from "./layer-samples.ts";

const { functionalCall } = nn;

/** A layer under a name, and what it makes of the input of its sample. */
class Wrapper extends nn.Module<[], Tensor[]> {
  readonly inner: nn.AnyModule;
  readonly run: (module: never) => Tensor | readonly Tensor[];

  constructor(...[inner, run]: readonly [nn.AnyModule, (module: never) => Tensor | readonly Tensor[]]) {
    super();
    this.inner = inner;
    this.run = run;
  }

  override forward(): Tensor[] {
    return [this.run(this.inner as never)].flat() as Tensor[];
  }
}

/** Sum of squares, apart for each element. */
function objective(outputs: readonly Tensor[]): Tensor {
  return stack(outputs.map((y) => y.to("float64").square().sum())).sum();
}

describe("functionalCall", () => {
  it.each(Object.keys(samples))("of %s computes and differentiates as a copy with these parameters does", (name) => {
    const net = new Wrapper(...samples[name]!());
    const before = Object.values(net.stateDict()).map((t) => t.toArray());
    const fields = net.namedParameters();
    const copy = net.clone();
    const given = Object.fromEntries(
      fields.map(([key, p]) => [key, p.detach().add(randn(p.shape).mul(0.1)).requiresGrad_()]),
    );
    const buffers = Object.fromEntries(net.namedBuffers().map(([key, b]) => [key, b.detach().clone()]));
    copy.namedParameters().forEach(([key, p]) => assign(p, given[key]!.detach()));
    const [ours, theirs] = [() => functionalCall(net, { ...given, ...buffers }), () => copy.forward()].map((run) => {
      manualSeed(1); // what drops draws
      return run();
    }) as [Tensor[], Tensor[]];
    expect(ours.map((t) => t.toArray())).toEqual(theirs.map((t) => t.toArray()));
    expect(Object.values(net.stateDict()).map((t) => t.toArray())).toEqual(before);
    expect(net.namedParameters()).toEqual(fields);
    net.namedParameters().forEach(([, p], i) => expect(p).toBe(fields[i]![1]));
    copy.namedBuffers().forEach(([key, b]) => expect(buffers[key]!.toArray()).toEqual(b.toArray()));
    if (fields.length === 0) return;
    objective(ours).backward();
    objective(theirs).backward();
    copy.namedParameters().forEach(([key, p]) => expect(given[key]!.grad?.toArray()).toEqual(p.grad?.toArray()));
    for (const [, p] of fields) expect(p.grad).toBeUndefined();
  });

  it("keeps those that are not named, and takes keys of stateDict", () => {
    const net = new nn.Sequential(new nn.Dense(2, 2), new nn.BatchNorm(2));
    const x = randn([4, 2]);
    net.eval();
    const shifted = functionalCall(net, { "1.running_mean": tensor([1, 1]) }, x);
    expect(shifted.sub(net.forward(x)).abs().max().item()).toBeCloseTo(1, 4);
    expect(functionalCall(net, {}, x).toArray()).toEqual(net.forward(x).toArray());
  });

  it("replaces what is tied in all its places, under any of its names", () => {
    class Tied extends nn.Module<[Tensor]> {
      first = new nn.Dense(2, 2, { bias: false });
      readonly kept = new Map([["again", new nn.Dense(2, 2, { bias: false })]]);
      readonly list = [this.first.weight];
      readonly set = new Set([new nn.Parameter(tensor([1, 1])), new nn.Parameter(tensor([2, 2]))]);
      constructor() {
        super();
        Reflect.set(this.kept.get("again")!, "weight", this.first.weight);
      }
      override forward(x: Tensor): Tensor {
        const y = this.kept.get("again")!.forward(this.first.forward(x)).matmul(this.list[0]!);
        return [...this.set].reduce((sum, p) => sum.add(p), y);
      }
    }
    const net = new Tied();
    const w = tensor([[2, 0], [0, 3]], { requiresGrad: true }); // prettier-ignore
    const x = tensor([[1, 1]]);
    for (const name of ["first.weight", "kept.again.weight", "list.0"]) {
      expect(functionalCall(net, { [name]: w }, x).toArray()).toEqual([[11, 30]]);
    }
    expect(functionalCall(net, { "first.weight": w, "list.0": w }, x).toArray()).toEqual([[11, 30]]);
    // In a Set, too, where both may be the same for a while.
    const zero = tensor([0, 0]);
    expect(functionalCall(net, { "list.0": w, "set.0": zero, "set.1": zero }, x).toArray()).toEqual([[8, 27]]);
    expect([...net.set].map((p) => p.toArray())).toEqual([[1, 1], [2, 2]]); // prettier-ignore
    net.to("float64");
    gradcheck((v) => functionalCall(net, { "first.weight": v }, x.to("float64")), [w.to("float64")], { order: 2 });
    expect(() => functionalCall(net, { "first.weight": w, "list.0": w.mul(2) }, x)).toThrow(
      new ValueError("functionalCall: expected one tensor for a parameter that is shared, got another for list.0."),
    );
  });

  it("is a differentiable function of the parameters, to second order", () => {
    const net = new nn.Sequential(new nn.Dense(3, 4), new nn.Tanh(), new nn.Dense(4, 2)).to("float64");
    const x = randn([5, 3], { dtype: "float64" });
    const names = net.namedParameters().map(([name]) => name);
    const values = net.parameters().map((p) => p.detach().clone());
    const of = (...weights: Tensor[]): Tensor =>
      functionalCall(net, Object.fromEntries(names.map((name, i) => [name, weights[i]!])), x);
    gradcheck(of, values, { order: 2 });
  });

  it("takes what was computed, and floats of another width", () => {
    const net = new nn.Dense(2, 1, { bias: false });
    const scale = tensor(3, { dtype: "float64", requiresGrad: true });
    const x = tensor([[1, 2]], { dtype: "float64" });
    const y = functionalCall(net, { weight: tensor([[1, 1]], { dtype: "float64" }).mul(scale) }, x);
    expect([y.dtype, y.item()]).toEqual(["float64", 9]);
    y.backward();
    expect(scale.grad!.item()).toBe(3);
  });

  it("leaves the module as it was when forward throws, or a name is wrong", () => {
    const net = new nn.Sequential(new nn.Dense(2, 2), new nn.Dense(2, 2));
    const before = net.parameters();
    const weight = tensor([[1, 0], [0, 1]]); // prettier-ignore
    const unchanged = (): void => net.parameters().forEach((p, i) => expect(p).toBe(before[i]));
    expect(() => functionalCall(net, { "0.weight": weight }, randn([3, 5]))).toThrow(ShapeError);
    unchanged();
    expect(() => functionalCall(net, { "0.weight": weight, "0.wieght": weight }, randn([3, 2]))).toThrow(
      new ValueError(
        'functionalCall: expected one of 0.weight, 0.bias, 1.weight, 1.bias, got "0.wieght". Did you mean "0.weight"?',
      ),
    );
    expect(() => functionalCall(net, { "1.bias": weight }, randn([3, 2]))).toThrow(
      new ShapeError("functionalCall: expected 1.bias of shape [2], got [2, 2]."),
    );
    unchanged();
  });

  it("refuses a parameter that it cannot replace", () => {
    class Frozen extends nn.Module<[Tensor]> {
      readonly parts = Object.freeze({ scale: new nn.Parameter(tensor([1])) });
      override forward(x: Tensor): Tensor {
        return x.mul(this.parts.scale);
      }
    }
    expect(() => functionalCall(new Frozen(), { "parts.scale": tensor([2]) }, tensor([1]))).toThrow(
      "functionalCall: expected parameters in fields, arrays, Maps, Sets and plain objects that can change, got one elsewhere in Frozen.",
    );
  });

  it("adapts to a task by a gradient step that is differentiated through", () => {
    // y = w·x with the loss of the adapted weight: d/dw of (w(1 − 2αx²) + 2αxt − q)² in closed form.
    const net = new nn.Dense(1, 1, { bias: false, dtype: "float64" });
    const [x, t, q, rate] = [1.5, 0.5, 2, 0.1];
    const number = (value: number): Tensor => tensor([[value]], { dtype: "float64" });
    const loss = (weight: Tensor, target: number): Tensor =>
      functionalCall(net, { weight }, number(x)).sub(target).square().sum();
    const [step] = grad(loss(net.weight, t), [net.weight], { createGraph: true });
    loss(net.weight.sub(step!.mul(rate)), q).backward();
    const w = net.weight.item();
    const adapted = w - rate * 2 * x * (w * x - t);
    expect(net.weight.grad!.item()).toBeCloseTo(2 * x * (adapted * x - q) * (1 - 2 * rate * x * x), 12);
  });
});
