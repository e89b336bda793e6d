import { type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Lambda } from "../containers/lambda.ts";
import { Sequential } from "../containers/sequential.ts";
import { Module } from "./module.ts";

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
});
