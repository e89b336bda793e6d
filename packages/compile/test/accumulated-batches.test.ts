import { AccumulatedBatchNorm, functional } from "@tapegrad/nn";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, it } from "vitest";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const { channelMoments, combineMoments, normalizeByMoments } = functional;
const generator = new Generator(3);
const parts = [4, 4, 4].map((size) => randn([size, 3], { generator }));

describe("batches in parts, compiled, are the eager ones", () => {
  it("ended early, in either mode", () => {
    expectSameAsEager((wrap) => {
      const norm = new AccumulatedBatchNorm(3, 3);
      const forward = wrap((x: Tensor) => [norm.forward(x)]);
      const end = wrap(() => norm.endBatch());
      return [...parts, ...parts, ...parts].map((x, i) => {
        norm.train(i !== 4);
        const [y] = forward(x.add(i));
        if (i % 2 === 1) end();
        return [snapshot(y!), norm.buffers().map((t) => snapshot(t))];
      });
    });
  });

  it("by moments of all", () => {
    expectSameAsEager((wrap) => {
      const run = wrap((...xs: Tensor[]) => {
        const moments = combineMoments(xs.map((x) => channelMoments(x)));
        return xs.map((x) => normalizeByMoments(x, moments));
      });
      return [1, 2].map((scale) => run(...parts.map((x) => x.mul(scale))).map((t) => snapshot(t)));
    });
  });
});
