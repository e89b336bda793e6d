import { assign, assignAt, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const double = (...data: number[]): Tensor => tensor(data, { dtype: "float64" });

describe("assignAt", () => {
  it("writes in every call, by positions that are computed, and into what stands there", () => {
    expectSameAsEager((wrap) => {
      const x = zeros([3, 4], { dtype: "float64" });
      const step = wrap((at: Tensor, value: Tensor) => {
        assignAt(x, value, at, [1, 3]);
        assignAt(x, -1, 0, 0);
        assignAt(x, x.at([], 1), [], 3);
        assignAt(x, 7, x.gt(5));
        return x.sum();
      });
      const ints = (...elements: number[]): Tensor => tensor(elements, { dtype: "int32" });
      const seen: unknown[] = [];
      for (let i = 0; i < 3; i++) {
        seen.push(step(ints(i, ((i + 1) % 3) - 3), double(i + 0.5, 2 * i).reshape([2, 1])), snapshot(x));
        assign(x, x.add(1));
      }
      return seen;
    }, 0);
  });

  it("refuses in a run what it refuses eagerly, and then changes nothing", () => {
    const x = zeros([3]);
    const step = compile((at: Tensor) => assignAt(x, tensor([1, 2]), at));
    const ints = (...elements: number[]): Tensor => tensor(elements, { dtype: "int32" });
    step(ints(2, 0));
    expect(() => step(ints(1, -2))).toThrow("assignAt: expected each position once, got one 2 times.");
    expect(() => step(ints(1, 3))).toThrow("assignAt: expected indices in [-3, 3) for axis 0, got 3.");
    expect(x.toArray()).toEqual([2, 0, 1]);
    expect(() => compile((mask: Tensor) => assignAt(x, tensor([1, 2]), mask))(tensor([true, false, true]))).toThrow(
      "assignAt: expected",
    );
  });
});
