import { checkpoint, grad, noGrad } from "@tapegrad/autograd";
import { type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it, vi } from "vitest";
import { Lambda } from "../containers/lambda.ts";
import { Sequential } from "../containers/sequential.ts";
import { LSTM } from "../recurrent/lstm.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

const double = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });

/** tanh(x · w) · c */
class Scaled extends Module<[x: Tensor, c: Tensor]> {
  weight = new Parameter(double([[0.5, -1], [2, 0.25]])); // prettier-ignore
  override forward(x: Tensor, c: Tensor): Tensor {
    return x.matmul(this.weight).tanh().mul(c);
  }
}

describe("forward hooks", () => {
  it("see and may replace inputs and output until they are removed", () => {
    const net = new Sequential(new Lambda((x) => x.mul(2)), new Lambda((x) => x.add(1)));
    const first = net.at(0)!;
    const seen: number[] = [];
    const pre = first.registerForwardPreHook((_, [x]) => [(x as Tensor).add(10)]);
    const post = first.registerForwardHook((module, [x], output) => {
      expect(module).toBe(first);
      seen.push((x as Tensor).item(), output.item());
      return output.neg();
    });
    expect(net.forward(tensor(1)).item()).toBe(-21);
    expect(seen).toEqual([11, 22]);
    post.remove();
    expect(net.forward(tensor(1)).item()).toBe(23);
    pre.remove();
    pre.remove();
    expect(net.forward(tensor(1)).item()).toBe(3);
    expect(Object.hasOwn(first, "forward")).toBe(false);
  });

  it("leave an own forward in place", () => {
    class Arrow extends Module {
      override forward = (x: Tensor): Tensor => x.mul(3);
    }
    const module = new Arrow();
    const calls: number[] = [];
    const hook = module.registerForwardHook((_, __, output) => void calls.push(output.item()));
    expect(module.forward(tensor(2)).item()).toBe(6);
    hook.remove();
    expect(module.forward(tensor(2)).item()).toBe(6);
    expect(calls).toEqual([6]);
  });

  it("run before those that are there, with prepend", () => {
    const layer = new Lambda((x) => x.mul(2));
    const seen: string[] = [];
    layer.registerForwardPreHook(() => void seen.push("pre 1"));
    layer.registerForwardPreHook(() => void seen.push("pre 0"), { prepend: true });
    layer.registerForwardHook((_, __, y) => (seen.push("post 1"), y.mul(10)));
    layer.registerForwardHook((_, __, y) => (seen.push("post 0"), y.add(1)), { prepend: true });
    expect(layer.forward(tensor(3)).item()).toBe(70);
    expect(seen).toEqual(["pre 0", "pre 1", "post 0", "post 1"]);
  });

  it("run after an error with alwaysCall, once, and the error goes on", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    let fails = true;
    const layer = new Lambda((x) => {
      if (fails) throw new ValueError("broken");
      return x;
    });
    const seen: unknown[] = [];
    layer.registerForwardHook(() => void seen.push("plain"));
    layer.registerForwardHook((_, __, y) => void seen.push(y), { alwaysCall: true });
    layer.registerForwardHook(() => {
      throw new Error("hook");
    }, { alwaysCall: true }); // prettier-ignore
    expect(() => layer.forward(tensor(1))).toThrow(new ValueError("broken"));
    expect(seen).toEqual([undefined]);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      "registerForwardHook: a hook that is always called failed after another error: Error: hook",
    );
    fails = false;
    seen.length = 0;
    // A hook that throws by itself is not called again; those behind it are.
    layer.registerForwardHook((_, __, y) => void seen.push(y?.item()), { alwaysCall: true });
    expect(() => layer.forward(tensor(1))).toThrow("hook");
    expect(seen.length).toBe(3);
    expect([seen[0], seen[2]]).toEqual(["plain", 1]);
    warn.mockRestore();
  });

  it("refuse what is no list of inputs, and unknown options", () => {
    const layer = new Lambda((x) => x);
    const handle = layer.registerForwardPreHook((() => tensor(1)) as never);
    expect(() => layer.forward(tensor(2))).toThrow(
      "registerForwardPreHook: expected the hook to give a list of inputs or undefined, got",
    );
    handle.remove();
    expect(() => layer.registerForwardPreHook(() => undefined, { alwaysCall: true } as object)).toThrow(
      'registerForwardPreHook: expected options prepend, got "alwaysCall".',
    );
    expect(() => layer.registerForwardHook(() => undefined, { always: true } as object)).toThrow(
      'registerForwardHook: expected options prepend, alwaysCall, got "always".',
    );
  });
});

describe("backward hooks", () => {
  const close = (got: Tensor | undefined, want: readonly number[]): void => {
    expect(got!.size).toBe(want.length);
    got!.flatten().toArray(1).forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 13)); // prettier-ignore
  };

  it("see the gradients of inputs and output, and replace those of inputs, as PyTorch's", () => {
    const layer = new Scaled();
    const seen: unknown[] = [];
    const handle = layer.registerFullBackwardHook((module, gradInputs, gradOutputs) => {
      expect(module).toBe(layer);
      seen.push(gradInputs[1], gradInputs.length, gradOutputs[0]!.toArray());
      close(gradInputs[0], [1.185869238664817, -0.09910545729594455]);
      return [gradInputs[0]!.mul(2).add(1), undefined];
    });
    const x = double([[0.3, -0.7]]).requiresGrad_();
    const run = (): void => {
      const y = layer.forward(x.exp(), double([[1, 3]]));
      y.mul(double([[0.7, -1.3]])).sum().backward(); // prettier-ignore
    };
    run();
    expect(seen).toEqual([undefined, 2, [[0.7, -1.3]]]);
    close(x.grad, [4.551370880466308, 0.39815667655402315]);
    close(layer.weight.grad, [0.12536971044776937, -1.538071181221268, 0.04612093901935093, -0.5658247666295803]);
    handle.remove();
    x.grad = undefined;
    run();
    expect(seen.length).toBe(3);
    close(x.grad, [1.185869238664817 * Math.exp(0.3), -0.09910545729594455 * Math.exp(-0.7)]);
  });

  it("before the way through the module replace the gradients of the output, in order", () => {
    const layer = new Lambda((x) => x.mul(3));
    const seen: unknown[] = [];
    layer.registerFullBackwardPreHook((_, [g]) => [g!.mul(2)]);
    layer.registerFullBackwardPreHook((_, [g]) => (seen.push(g!.item()), undefined));
    layer.registerFullBackwardPreHook((_, [g]) => [g!.add(1)], { prepend: true });
    layer.registerFullBackwardHook((_, [dx], [dy]) => void seen.push(dx!.item(), dy!.item()));
    const x = double([1]).requiresGrad_();
    layer.forward(x).backward();
    expect(seen).toEqual([4, 12, 4]);
    expect(x.grad!.item()).toBe(12);
  });

  it("run once the output is reached where no input requires gradients, and may give nothing then", () => {
    const layer = new Scaled();
    const seen: unknown[] = [];
    const handle = layer.registerFullBackwardHook((_, inputs, [g]) => void seen.push(inputs, g!.toArray()));
    layer.forward(double([[1, 2]]), double([[1, 1]])).sum().backward(); // prettier-ignore
    expect(seen).toEqual([[undefined, undefined], [[1, 1]]]);
    handle.remove();
    layer.registerFullBackwardHook(() => [undefined, undefined]);
    expect(() => layer.forward(double([[1, 2]]), double([[1, 1]])).sum().backward()).toThrow(
      "registerFullBackwardHook: expected the hook to give undefined where no input requires gradients, got another value.",
    ); // prettier-ignore
    expect(noGrad(() => layer.forward(double([[1, 2]]), double([[1, 1]]))).requiresGrad).toBe(false);
  });

  it("give a gradient for each tensor, in lists too, and for one that is there twice", () => {
    const lstm = new LSTM(2, 3);
    const seen: unknown[] = [];
    lstm.registerFullBackwardHook((_, inputs, outputs) => {
      seen.push(inputs.map((g) => g?.shape), outputs.map((g) => g?.shape)); // prettier-ignore
    });
    const [x, h] = [tensor([[[1, 2]]]).requiresGrad_(), tensor([[[1, 2, 3]]])]; // prettier-ignore
    const [, [, c]] = lstm.forward(x, [h, h.clone().requiresGrad_()]);
    c.sum().backward();
    expect(seen).toEqual([[[1, 1, 2], undefined, [1, 1, 3]], [undefined, undefined, [1, 1, 3]]]); // prettier-ignore
    const product = new (class extends Module<[Tensor, Tensor]> {
      override forward(a: Tensor, b: Tensor): Tensor {
        return a.mul(b.mul(10));
      }
    })();
    product.registerFullBackwardHook((_, [da, db]) => [da!.add(1), db!]);
    const y = double([2]).requiresGrad_();
    product.forward(y, y).backward();
    expect(y.grad!.item()).toBe(20 + 1 + 20);
    // The first has none: the second stands in its own place.
    const quotient = new (class extends Module<[Tensor, Tensor]> {
      override forward(a: Tensor, b: Tensor): Tensor {
        return a.div(b);
      }
    })();
    quotient.registerFullBackwardHook((_, [da, db]) => [da, db!.mul(8)]);
    y.grad = undefined;
    const z = quotient.forward(double([3]), y);
    z.backward();
    expect([z.item(), y.grad!.item()]).toEqual([1.5, -6]);
  });

  it("are differentiated with createGraph, run with retainGraph again, and in a checkpoint once", () => {
    const layer = new Lambda((x) => x.pow(3));
    let runs = 0;
    layer.registerFullBackwardHook((_, [dx]) => (runs++, [dx!.mul(dx!)]));
    const x = double([2]).requiresGrad_();
    const [g] = grad(layer.forward(x), [x], { createGraph: true });
    // (3 x²)² = 9 x⁴, whose derivative is 36 x³
    expect([g.item(), grad(g, [x])[0].item()]).toEqual([144, 288]);
    const y = layer.forward(x);
    runs = 0;
    expect(grad(y, [x], { retainGraph: true })[0].item()).toBe(144);
    expect(grad(y, [x])[0].item()).toBe(144);
    expect(runs).toBe(2);
    checkpoint((t) => layer.forward(t), x).backward();
    expect([runs, x.grad!.item()]).toEqual([3, 144]);
  });

  it.each<[string, unknown, string]>([
    ["another number", [], "registerFullBackwardHook: expected the hook to give undefined or a list of gradients of inputs, 1 in number, got 0 values."],
    ["what is no list", tensor(1), "registerFullBackwardHook: expected the hook to give undefined or a list of gradients of inputs, 1 in number, got"],
    ["what is no tensor", [3], "registerFullBackwardHook: expected gradients that are tensors or undefined, got 3."],
    ["another shape", [double([1, 2])], "registerFullBackwardHook: expected a gradient of shape [1], as its tensor, got [2]."],
    ["another dtype", [tensor([1])], "registerFullBackwardHook: expected a gradient of dtype float64, as its tensor, got float32."],
  ])("refuse %s", (_, given, message) => {
    const layer = new Lambda((x) => x.mul(2));
    layer.registerFullBackwardHook(() => given as never);
    expect(() => layer.forward(double([1]).requiresGrad_()).backward()).toThrow(message);
  }); // prettier-ignore
});
