import { type HookHandle, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { afterEach, describe, expect, it } from "vitest";
import { Lambda } from "../containers/lambda.ts";
import { Sequential } from "../containers/sequential.ts";
import {
  registerModuleForwardHook,
  registerModuleForwardPreHook,
  registerModuleFullBackwardHook,
  registerModuleFullBackwardPreHook,
} from "./global-hooks.ts";
import { Module } from "./module.ts";
import "@tapegrad/autograd";

const double = (data: number[]): Tensor => tensor(data, { dtype: "float64" });

describe("hooks of all modules", () => {
  const handles: HookHandle[] = [];
  afterEach(() => {
    for (const handle of handles.splice(0)) handle.remove();
  });

  class Inner extends Module {
    override forward(x: Tensor): Tensor {
      return x.mul(2);
    }
  }
  class Derived extends Inner {
    override forward(x: Tensor): Tensor {
      return super.forward(x).add(1);
    }
  }

  it("run around each module, before its own, once for a method that calls the overridden one", () => {
    const net = new Sequential(new Inner(), new Derived());
    const seen: string[] = [];
    const note = (text: string) => (module: object) => void seen.push(`${text} ${module.constructor.name}`);
    handles.push(registerModuleForwardPreHook(note("before")), registerModuleForwardHook(note("after")));
    expect(net.forward(tensor(3)).item()).toBe(13);
    expect(seen).toEqual(["before Sequential", "before Inner", "after Inner", "before Derived", "after Derived", "after Sequential"]); // prettier-ignore
    seen.length = 0;
    const derived = net.at(1)!;
    handles.push(derived.registerForwardPreHook(note("own before")), derived.registerForwardHook(note("own after")));
    derived.forward(tensor(3));
    expect(seen).toEqual(["before Derived", "own before Derived", "after Derived", "own after Derived"]);
    for (const handle of handles.splice(0)) handle.remove();
    seen.length = 0;
    net.forward(tensor(3));
    expect(seen).toEqual([]);
  });

  it("replace inputs, outputs and gradients", () => {
    const x = double([1]).requiresGrad_();
    handles.push(
      registerModuleForwardPreHook((_, [t]) => [(t as Tensor).add(1)]),
      registerModuleForwardHook((_, __, y) => (y as Tensor).mul(5)),
      registerModuleFullBackwardPreHook((_, [g]) => [g!.add(1)]),
      registerModuleFullBackwardHook((_, [g]) => [g!.mul(3)]),
    );
    const y = new Inner().forward(x);
    y.backward();
    // ((1 + 1) · 2 · 5 and (1 + 1) · 5 · 2 · 3
    expect([y.item(), x.grad!.item()]).toEqual([20, 60]);
  });

  it("run after an error with alwaysCall, and reach modules with an own forward once they have hooks", () => {
    const seen: string[] = [];
    handles.push(registerModuleForwardHook((module) => void seen.push(module.constructor.name), { alwaysCall: true }));
    const failing = new Lambda(() => {
      throw new ValueError("broken");
    });
    expect(() => new Sequential(failing).forward(tensor(1))).toThrow("broken");
    expect(seen).toEqual(["Lambda", "Sequential"]);
    class Arrow extends Module {
      override forward = (x: Tensor): Tensor => x;
    }
    const arrow = new Arrow();
    arrow.forward(tensor(1));
    expect(seen.length).toBe(2);
    handles.push(arrow.registerForwardHook(() => undefined));
    arrow.forward(tensor(1));
    expect(seen).toEqual(["Lambda", "Sequential", "Arrow"]);
  });

  it("refuse what is no function, and unknown options", () => {
    expect(() => registerModuleForwardHook(3 as never)).toThrow(
      "registerModuleForwardHook: expected hook to be a function, got 3.",
    );
    expect(() => registerModuleForwardHook(() => undefined, { prepend: true } as object)).toThrow(
      'registerModuleForwardHook: expected options alwaysCall, got "prepend".',
    );
  });
});
