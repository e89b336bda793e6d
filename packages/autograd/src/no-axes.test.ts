import { sort, type Tensor, tensor, topk } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { gradcheck, gradgradcheck } from "./index.ts";

describe("functions along axis 0 of a tensor without axes differentiate", () => {
  const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    sum: (x) => x.sum({ axis: 0 }).square(),
    softmax: (x) => x.softmax({ axis: 0 }).mul(x.square()),
    logSumExp: (x) => x.logSumExp({ axis: -1 }).square(),
    norm: (x) => x.norm({ axis: 0 }).square(),
    cumsum: (x) => x.cumsum({ axis: 0 }).square(),
    gather: (x) => x.gather(0, tensor(0, { dtype: "int32" })).square(),
    sort: (x) => sort(x).values.square(),
    topk: (x) => topk(x, 1).values.square(),
  };
  it.each(Object.entries(functions))("%s", (_name, f) => {
    const x = tensor(1.3, { dtype: "float64" });
    expect(() => gradcheck(f, [x])).not.toThrow();
    expect(() => gradgradcheck(f, [x])).not.toThrow();
  });
});
