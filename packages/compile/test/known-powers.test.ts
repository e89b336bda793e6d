import "@tapegrad/autograd";
import { Generator, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager } from "./same-as-eager.ts";

/** Rows of several spreads. */
const drawn = (dtype: "float32" | "float64", extent: number): Tensor =>
  randn([5, extent], { generator: new Generator(extent), dtype }).mul(
    tensor([[1], [100], [0], [1e4], [30]], { dtype }),
  );

const options = [{ axis: 1 }, { axis: 0 }, { axis: [0, 1] }] as const;
const cases = (["float32", "float64"] as const).flatMap((dtype) =>
  [1, 3, 64, 700].flatMap((extent) => options.map((option) => [dtype, extent, option] as const)),
);

describe("powers of the logarithm of softmax", () => {
  it.each(cases)("are softmax: %s, %i elements, %o", (dtype, extent, option) => {
    expectSameAsEager(
      (wrap) => {
        const f = wrap((x: Tensor) => {
          const logs = x.logSoftmax(option);
          return [logs.exp(), logs, logs.exp().mul(logs).sum(option)];
        });
        return f(drawn(dtype, extent));
      },
      dtype === "float64" ? 1e-12 : 3e-6,
    );
  });

  it.each(cases)("and their gradients: %s, %i elements, %o", (dtype, extent, option) => {
    expectSameAsEager(
      (wrap) => {
        const f = wrap((all: Tensor) => {
          const x = all.detach().requiresGrad_();
          const y = x.logSoftmax(option).exp();
          y.mul(all.sin()).sum().backward();
          return x.grad!;
        });
        return f(drawn(dtype, extent));
      },
      dtype === "float64" ? 1e-12 : 3e-6,
    );
  });

  it.each([
    ["infinite", [[-Infinity, -Infinity], [0, -Infinity], [Infinity, 1]]],
    ["no number", [[NaN, 1], [1, 2], [3, NaN]]],
  ])("of what is %s", (_, rows) => {
    expectSameAsEager((wrap) => wrap((x: Tensor) => x.logSoftmax({ axis: 1 }).exp())(tensor(rows)));
  }); // prettier-ignore

  it("take one exponential for each element, and no logarithm", () => {
    const run = compile((x: Tensor) => x.logSoftmax({ axis: 1 }).exp());
    run(randn([8, 16]));
    const operations = run.plan!.schedule.flatMap((kernel) => kernel.operations);
    expect(operations.filter((name) => name === "exp" || name === "log")).toEqual(["exp"]);
  });
});
