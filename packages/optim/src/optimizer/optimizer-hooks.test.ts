import "@tapegrad/autograd";
import { assign, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { LBFGS } from "../algorithms/lbfgs/lbfgs.ts";
import { SGD } from "../algorithms/sgd.ts";

const leaf = (): Tensor => tensor([1], { dtype: "float64", requiresGrad: true });

describe("hooks of steps", () => {
  it("run around the step in order, with the optimizer, until they are removed", () => {
    const w = leaf();
    const optimizer = new SGD([w], { lr: 0.5 });
    const seen: unknown[] = [];
    const note = (name: string) => (given: SGD) => void seen.push([name, given === optimizer, w.item()]);
    const first = optimizer.registerStepPreHook(note("first"));
    optimizer.registerStepPreHook(note("second"));
    const post = optimizer.registerStepPostHook(note("post"));
    const step = (): void =>
      optimizer.step(() => {
        seen.push("closure");
        w.grad = tensor([1], { dtype: "float64" });
      });
    step();
    expect(seen).toEqual([["first", true, 1], ["second", true, 1], "closure", ["post", true, 0.5]]); // prettier-ignore
    first.remove();
    first.remove();
    post.remove();
    seen.length = 0;
    step();
    expect(seen).toEqual([["second", true, 0.5], "closure"]); // prettier-ignore
  });

  it("may change gradients and parameters, and stop a step", () => {
    const w = leaf();
    const optimizer = new SGD([w], { lr: 0.5 });
    optimizer.registerStepPreHook(() => void (w.grad = w.grad?.mul(2)));
    optimizer.registerStepPostHook(() => assign(w, w.clamp(0.25, 1)));
    w.grad = tensor([1], { dtype: "float64" });
    optimizer.step();
    expect(w.item()).toBe(0.25);
    optimizer.registerStepPreHook(() => {
      throw new Error("enough");
    });
    expect(() => optimizer.step()).toThrow("enough");
    expect(w.item()).toBe(0.25);
    expect(optimizer.stateDict().state[0]?.["step"]?.item()).toBe(1);
  });

  it("run for what is registered twice twice, and of L-BFGS once a step", () => {
    const w = leaf();
    const optimizer = new LBFGS([w]);
    let calls = 0;
    const hook = (): void => void calls++;
    const handles = [optimizer.registerStepPreHook(hook), optimizer.registerStepPreHook(hook)];
    optimizer.registerStepPostHook(hook);
    const loss = (): Tensor => {
      optimizer.zeroGrad();
      const value = w.square().sum();
      value.backward();
      return value;
    };
    optimizer.step(loss);
    expect(calls).toBe(3);
    handles[0]!.remove();
    optimizer.step(loss);
    expect(calls).toBe(5);
  });

  it("are functions", () => {
    const optimizer = new SGD([leaf()]);
    for (const name of [
      "registerStepPreHook",
      "registerStepPostHook",
      "registerStateDictPreHook",
      "registerStateDictPostHook",
      "registerLoadStateDictPreHook",
      "registerLoadStateDictPostHook",
    ] as const) {
      expect(() => optimizer[name](3 as never)).toThrow(
        new ValueError(`SGD.${name}: expected hook to be a function, got 3.`),
      );
    }
  });
});

describe("hooks of states", () => {
  it("run around saving, and may replace what is saved", () => {
    const optimizer = new SGD([leaf()], { lr: 0.5 });
    const seen: string[] = [];
    const pre = optimizer.registerStateDictPreHook((given) => void seen.push(`pre ${given.lr}`));
    const post = optimizer.registerStateDictPostHook((given, state) => {
      seen.push(`post ${given.lr}`);
      return { ...state, param_groups: state.param_groups.map((group) => ({ ...group, note: "mine" })) };
    });
    optimizer.registerStateDictPostHook((_, state) => void seen.push(String(state.param_groups[0]?.["note"])));
    expect(optimizer.stateDict().param_groups[0]?.["note"]).toBe("mine");
    expect(JSON.stringify(optimizer)).toContain("mine");
    expect(seen).toEqual(["pre 0.5", "post 0.5", "mine", "pre 0.5", "post 0.5", "mine"]);
    for (const handle of [pre, post]) handle.remove();
    expect(optimizer.stateDict().param_groups[0]?.["note"]).toBeUndefined();
  });

  it("run around loading, and may replace what is loaded", () => {
    const optimizer = new SGD([leaf()], { lr: 0.5 });
    const rates: number[] = [];
    optimizer.registerLoadStateDictPreHook((given, state) => {
      rates.push(given.lr);
      const [group] = state.param_groups;
      return { ...state, param_groups: [{ ...group!, lr: group!.lr / 2 }] };
    });
    optimizer.registerLoadStateDictPostHook((given) => void rates.push(given.lr));
    const state = new SGD([leaf()], { lr: 0.25 }).stateDict();
    optimizer.loadStateDict(state);
    expect(rates).toEqual([0.5, 0.125]);
    // What is refused is not followed by anything.
    expect(() => optimizer.loadStateDict({ ...state, state: {} })).toThrow("SGD.loadStateDict: expected state step");
    expect(rates).toEqual([0.5, 0.125, 0.125]);
  });
});
