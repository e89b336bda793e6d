import "@tapegrad/autograd";
import { GraphNorm, Parameter } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { draw, drawIndex, expectEqual, fusedBy, kernelsOf, sumsOf } from "./segments.ts";

describe("rows that no index reaches", () => {
  const count = 2000;
  // What it does is rounded as eager's.
  const lengths = (sums: Tensor): Tensor => sums.square().add(1).sqrt();
  const fn = (x: Tensor, segment: Tensor): Tensor =>
    x.sub(lengths(sumsOf(x.mul(2), segment, count).div(7)).indexSelect(0, segment));
  const limited = (compiled: object): number =>
    kernelsOf(compiled).filter(
      (kernel) =>
        kernel.kind === "loop" &&
        (kernel.kernel.lastRow !== undefined ||
          kernel.kernel.accumulations.some(({ lastRow }) => lastRow !== undefined)),
    ).length;

  it.each([1, 2, 3])("are left out, whatever the index of a call, by %i threads", (threads) => {
    const compiled = compile(fn, { deterministic: true, threads });
    for (const segments of [3, count, 1, 700]) {
      const [x, segment] = [draw(900, 24).to("float64"), drawIndex(segments, 900)];
      expectEqual(compiled(x, segment), fn(x, segment));
    }
    expect(limited(compiled)).toBe(2);
  });

  it("are computed for an index of one element", () => {
    const table = (x: Tensor, i: Tensor): Tensor =>
      x
        .add(x.slice([0, 1]))
        .indexSelect(0, i)
        .mul(2);
    const row = (x: Tensor, i: Tensor): Tensor => x.mul(3).gather(0, i.reshape([1, 1]).broadcastTo([5, 64]));
    const [x, i] = [draw(1000, 64).to("float64"), drawIndex(1000, 1)];
    for (const one of [table, row]) expectEqual(compile(one, { deterministic: true })(x, i), one(x, i));
  });

  it("are computed for what reads all of them, for other axes and for a table in another order", () => {
    const others: ((x: Tensor, segment: Tensor) => Tensor)[] = [
      (x, segment) => sumsOf(x, segment, count),
      (x, segment) => {
        const sums = lengths(sumsOf(x, segment, count));
        return sums.indexSelect(0, segment).add(sums.max({ axis: 0 }));
      },
      (x, segment) =>
        lengths(sumsOf(x, segment, count))
          .flip(0)
          .indexSelect(0, segment),
      (x, segment) =>
        lengths(sumsOf(x, segment, count))
          .transpose()
          .indexSelect(1, segment),
    ];
    const [x, segment] = [draw(900, 24).to("float64"), drawIndex(40, 900)];
    for (const other of others) {
      const compiled = compile(other, { deterministic: true });
      expectEqual(compiled(x, segment), other(x, segment));
      expect(limited(compiled)).toBe(0);
    }
  });

  it("are computed where two indices read them", () => {
    const both = (x: Tensor, one: Tensor, other: Tensor): Tensor => {
      const sums = lengths(sumsOf(x, one, count));
      return sums.indexSelect(0, one).add(sums.indexSelect(0, other));
    };
    const [x, one, other] = [draw(900, 24).to("float64"), drawIndex(4, 900), drawIndex(count, 900)];
    expectEqual(compile(both, { deterministic: true })(x, one, other), both(x, one, other));
  });
});

describe("a norm of graphs", () => {
  const norm = new GraphNorm(64);
  const graph = drawIndex(16, 2048);
  const x = new Parameter(draw(2048, 64));
  const cotangent = draw(2048, 64);
  const step = (): Tensor[] => {
    const leaves = [x, ...norm.parameters()];
    for (const leaf of leaves) leaf.grad = undefined;
    const y = norm.forward(x, graph);
    y.backward(cotangent);
    return [y.detach(), ...leaves.map(({ grad }) => grad!.clone())];
  };

  it("has no kernel that only gathers or scatters", () => {
    const compiled = compile(step, { threads: 1 });
    compiled();
    const fused = fusedBy(compiled);
    expect(fused.filter((names) => names === "gather" || names === "copy gather")).toEqual([]);
    expect(kernelsOf(compiled).filter(({ kind }) => kind === "routine")).toHaveLength(1);
    // Passes over all nodes: two for the statistics, three for the output and the gradients of what is trained, one for that of x.
    const passes = kernelsOf(compiled).filter(
      (kernel) =>
        kernel.kind === "loop" &&
        kernel.kernel.lastRow === undefined &&
        kernel.kernel.extents.includes(2048) &&
        kernel.kernel.extents.length > 1,
    );
    expect(passes).toHaveLength(6);
  });

  it("gives the same bits whatever the number of threads", () => {
    const [want, ...others] = [1, 2, 3].map((threads) => compile(step, { threads, deterministic: true })());
    for (const got of others) got.forEach((value, i) => expectEqual(value, want![i]!));
  });
});
