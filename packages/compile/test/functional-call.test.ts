import { grad } from "@tapegrad/autograd";
import { BatchNorm, Dense, functional, functionalCall, GRU, type Module, norms, Sequential, Tanh } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { Generator, manualSeed, rand, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

/** The weights of a module by name. */
function weightsOf(net: Module): Record<string, Tensor> {
  return Object.fromEntries(net.namedParameters());
}

/** One step of gradient descent on the loss of a task, which is recorded. */
function adapt(net: Module<[Tensor]>, weights: Record<string, Tensor>, x: Tensor, y: Tensor): Record<string, Tensor> {
  const loss = functional.mseLoss(functionalCall(net, weights, x), y);
  const names = Object.keys(weights);
  const gradients: readonly (Tensor | undefined)[] = grad(loss, Object.values(weights), { createGraph: true });
  return Object.fromEntries(names.map((name, i) => [name, weights[name]!.sub(gradients[i]!.mul(0.1))]));
}

/** Sines of random amplitude and phase at random places. */
function task(generator: Generator): readonly [x: Tensor, y: Tensor] {
  const [amplitude, phase] = [rand([1], { generator }).mul(4).add(1), rand([1], { generator }).mul(Math.PI)];
  const x = rand([10, 1], { generator }).mul(10).sub(5);
  return [x, x.sub(phase).sin().mul(amplitude)];
}

describe("functionalCall, compiled", () => {
  it("learns to adapt: model-agnostic meta-learning of sines, the same as eagerly", () => {
    const run = (wrap: <F extends (x: Tensor, y: Tensor) => Tensor>(fn: F) => (x: Tensor, y: Tensor) => Tensor): number[] => {
      manualSeed(1);
      const net = new Sequential(new Dense(1, 20), new Tanh(), new Dense(20, 1));
      const optimizer = new Adam(net.parameters(), { lr: 0.01 });
      const step = wrap((x: Tensor, y: Tensor) => {
        const adapted = adapt(net, weightsOf(net), x.slice([0, 5]), y.slice([0, 5]));
        const loss = functional.mseLoss(functionalCall(net, adapted, x.slice([5])), y.slice([5]));
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        return loss.detach();
      });
      const generator = new Generator(2);
      return Array.from({ length: 200 }, () => step(...task(generator)).item());
    }; // prettier-ignore
    const [eager, compiled] = [run((fn) => fn), run(compile)];
    eager.forEach((loss, i) => expect(compiled[i]! / loss).toBeCloseTo(1, 2));
    const mean = (losses: readonly number[]): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(mean(eager.slice(-50))).toBeLessThan(0.8 * mean(eager.slice(0, 50)));
  });

  it("takes weights as arguments, changing from call to call, and leaves the module alone", () => {
    expectSameAsEager((wrap) => {
      manualSeed(3);
      const net = new Sequential(new Dense(3, 2), new BatchNorm(2), norms.weightNorm(new Dense(2, 2)));
      const before = net.parameters();
      const names = net.namedParameters().map(([name]) => name);
      const mean = tensor([1, 2]);
      const call = wrap((x: Tensor, ...weights: Tensor[]) => {
        const given = Object.fromEntries(names.map((name, i) => [name, weights[i]!]));
        const y = functionalCall(net, { ...given, "1.runningMean": mean }, x);
        return [y, ...grad(y.square().mean(), weights)];
      });
      const seen: unknown[] = [];
      for (let k = 0; k < 3; k++) {
        const weights = before.map((p) => randn(p.shape).requiresGrad_());
        seen.push(call(randn([4, 3]), ...weights).map(snapshot), snapshot(mean));
      }
      net.parameters().forEach((p, i) => expect(p).toBe(before[i]));
      // The module by itself is another function of the same fields.
      const plain = wrap((x: Tensor) => net.forward(x));
      return [...seen, snapshot(plain(randn([4, 3]))), snapshot(net.buffers()[0])];
    });
  });

  it("reaches the cells of recurrent layers, whose weights stand in an object", () => {
    expectSameAsEager((wrap) => {
      manualSeed(4);
      const net = new GRU(2, 3, { bidirectional: true });
      const scale = tensor(2, { requiresGrad: true });
      const call = wrap((x: Tensor) => {
        const given = Object.fromEntries(net.namedParameters().map(([name, p]) => [name, p.mul(scale)]));
        const [output] = functionalCall(net, given, x);
        output.square().mean().backward();
        return output.detach();
      });
      return [1, 2].map(() => [snapshot(call(randn([4, 2, 2]))), snapshot(scale.grad), net.parameters().map((p) => snapshot(p.grad))]);
    });
  }); // prettier-ignore

  it("leaves the module as it was when the call fails", () => {
    const net = new Dense(2, 2);
    const { weight } = net;
    const call = compile((x: Tensor, w: Tensor) => functionalCall(net, { weight: w }, x));
    const given = tensor([[2, 0], [0, 2]]); // prettier-ignore
    expect(() => call(randn([2, 3]), given)).toThrow(/expected/);
    expect(net.weight).toBe(weight);
    const x = randn([2, 2]);
    expect(call(x, given).toArray()).toEqual(x.mul(2).add(net.bias!).toArray());
    expect(net.weight).toBe(weight);
  });
});
