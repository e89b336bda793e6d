import { tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional as f, LogSoftmax, Softmax, Softmin, UnitNorm } from "../index.ts";

describe("functions along an axis of a tensor without axes", () => {
  const x = tensor(-3);
  const kept = tensor(1).ne(0);
  it("take 0 and −1, as in PyTorch", () => {
    const values = [0, -1].map((axis) =>
      [
        f.softmax(x, { axis }),
        f.softmax(x, { axis, mask: kept }),
        f.logSoftmax(x, { axis }),
        f.softmin(x, { axis }),
        f.normalize(x, { axis }),
        f.sparsemax(x, { axis }),
        f.gumbelSoftmax(x, { axis }),
        f.gumbelSoftmax(x, { axis, hard: true }),
        ...[new Softmax({ axis }), new LogSoftmax({ axis }), new Softmin({ axis })].map((layer) => layer.forward(x)),
      ].map((t) => [t.shape, t.item()]),
    );
    const want = [1, 1, 0, 1, -1, 1, 1, 1, 1, 0, 1].map((value) => [[], value]);
    expect(values).toEqual([want, want]);
    expect(new UnitNorm({ axis: 0 }).forward(x).item()).toBe(-1);
  });
  it("refuse others, and halving", () => {
    expect(() => f.softmin(x, { axis: 1 })).toThrow("softmin: expected an axis in [-1, 0], got 1.");
    expect(() => f.normalize(x, { axis: -2 })).toThrow("normalize: expected an axis in [-1, 0], got -2.");
    expect(() => f.glu(x)).toThrow("glu: expected no axis for a 0-d tensor, got -1.");
  });
});
