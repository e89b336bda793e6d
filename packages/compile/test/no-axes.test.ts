import "@tapegrad/autograd";
import { sort, tensor, topk } from "@tapegrad/tensor";
import { describe, it } from "vitest";
import { expectSameAsEager } from "./same-as-eager.ts";

describe("axis 0 of a tensor without axes", () => {
  it("is one in compiled functions, too", () => {
    expectSameAsEager((wrap) => {
      const x = tensor(1.3, { requiresGrad: true });
      const f = wrap(() => {
        x.grad = undefined;
        const parts = [
          x.sum({ axis: 0 }), x.max({ axis: -1, keepDims: true }), x.softmax({ axis: 0 }), x.logSumExp({ axis: 0 }), x.norm({ axis: 0 }),
          x.cumsum({ axis: 0 }), x.flip(0), x.squeeze(0), x.gather(0, tensor(0, { dtype: "int32" })), sort(x).values, topk(x, 1).values,
        ]; // prettier-ignore
        parts.reduce((y, part) => y.mul(part)).backward();
        return [...parts, sort(x).indices, topk(x, 1).indices, x.argmax({ axis: 0 }), x.all({ axis: 0 }), x.grad!];
      });
      return [f(), f()];
    });
  });
});
