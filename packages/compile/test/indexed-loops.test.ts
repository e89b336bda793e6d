import "@tapegrad/autograd";
import { assign, randint, ShapeError, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { expectElements } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile, exportWasm } from "../src/index.ts";
import { loadWasm } from "../src/loader.ts";
import { assignedAt, draw, drawIndex, expectEqual, fusedBy, generator, kernelsOf, sumsOf } from "./segments.ts";

describe("gathers in loops", () => {
  it("read rows where the loops that use them are", () => {
    const fn = (table: Tensor, i: Tensor): Tensor => table.indexSelect(0, i).mul(2).sum({ axis: 1 });
    const [table, i] = [draw(30, 64), drawIndex(30, 50)];
    const compiled = compile(fn, { deterministic: true });
    compiled(table, i);
    expect(fusedBy(compiled)).toEqual(["gather mul sum"]);
  });

  it("read single elements, in every dtype", () => {
    for (const dtype of ["float32", "float64", "int32", "bool"] as const) {
      const x = randint(-1, 3, [7, 21], { generator }).to(dtype);
      const i = randint(0, 21, [7, 37], { generator });
      const compiled = compile((a: Tensor, at: Tensor) => a.gather(1, at).eq(a.gather(1, at.sub(20).neg())));
      expectEqual(compiled(x, i), x.gather(1, i).eq(x.gather(1, i.sub(20).neg())));
      // Of the second index there is a check, which reads it from memory.
      expect(fusedBy(compiled)).toEqual(["gather sub neg", "gather eq"]);
    }
  });

  it("wait for what they read", () => {
    const fn = (x: Tensor, i: Tensor): Tensor => {
      const y = x.mul(3);
      return y.add(y.indexSelect(0, i)).indexSelect(0, i);
    };
    const [x, i] = [draw(300, 4), drawIndex(300, 300)];
    const compiled = compile(fn);
    expectEqual(compiled(x, i), fn(x, i));
    expect(fusedBy(compiled)).toHaveLength(3);
  });

  it("wait for what they read where there is nothing to choose", () => {
    const fn = (x: Tensor, i: Tensor): Tensor => x.gt(0).gather(0, i).logicalOr(x.lt(-1));
    const [x, i] = [draw(1, 40), zeros([1, 40], { dtype: "int32" })];
    expectEqual(compile(fn)(x, i), fn(x, i));
  });

  it("are not computed in the place of what they read", () => {
    const order = tensor([2, 0, 1, 3], { dtype: "int32" });
    const state = tensor([1, 2, 3, 4]);
    const turn = compile(() => assign(state, state.indexSelect(0, order).mul(1.5)));
    turn();
    expect(state.toArray()).toEqual([4.5, 1.5, 3, 6]);
    turn();
    expect(state.toArray()).toEqual([4.5, 6.75, 2.25, 9]);
  });

  it("take roots of the table, not of what is chosen of it, unless the table is larger", () => {
    const fn = (table: Tensor, i: Tensor, x: Tensor): Tensor => table.indexSelect(0, i).add(2).rsqrt().mul(x);
    const rootsOf = (rows: number): number[] => {
      const compiled = compile(fn);
      const args = [draw(rows, 8).square(), drawIndex(rows, 900), draw(900, 8)] as const;
      compiled(...args);
      return kernelsOf(compiled).flatMap((kernel) =>
        kernel.kind === "loop" && kernel.kernel.operations.some(({ name }) => name === "rsqrt")
          ? [kernel.kernel.extents[0]!]
          : [],
      );
    };
    expect(rootsOf(300)).toEqual([300]);
    expect(rootsOf(1000)).toEqual([900]);
  });

  it("take no roots of the table where another operand makes the result larger", () => {
    const at = tensor([[0, 1, 2, 3, 3, 2, 1, 0]], { dtype: "int32" });
    const fn = (x: Tensor, i: Tensor, y: Tensor): Tensor => x.gather(1, i).div(y);
    const [x, column] = [draw(1, 4), draw(5, 1)];
    for (const y of [column, draw(3, 1, 8), draw(2, 3, 1, 1)]) expectEqual(compile(fn)(x, at, y), fn(x, at, y));
    const rows = (a: Tensor, i: Tensor, y: Tensor): Tensor => a.gather(0, i).div(y);
    expectEqual(compile(rows)(x.reshape([4]), at.reshape([8]), column), rows(x.reshape([4]), at.reshape([8]), column));
  });
});

describe("scatters in loops", () => {
  it("add what their loops compute, to the bit as eager", () => {
    const fn = (x: Tensor, segment: Tensor): Tensor => sumsOf(x.mul(x.abs()), segment, 9);
    for (const columns of [1, 3, 8, 17, 64]) {
      const [x, segment] = [draw(40, columns).to("float64"), drawIndex(9, 40)];
      const compiled = compile(fn, { deterministic: true });
      expectEqual(compiled(x, segment), fn(x, segment));
      expect(fusedBy(compiled)).toEqual(["abs mul scatterAdd"]);
    }
  });

  it("round sums of float32 once", () => {
    // In float32 the ones would be lost.
    const x = tensor([2 ** 24, ...Array.from({ length: 8 }, () => 1), -(2 ** 24)], { shape: [10, 1] });
    const segment = zeros([10], { dtype: "int32" });
    const compiled = compile((a: Tensor, s: Tensor) => sumsOf(a.mul(1.5), s, 3));
    expect(compiled(x, segment).toArray()).toEqual([[12], [0], [0]]);
    expect(fusedBy(compiled)).toEqual(["mul cast scatterAdd", "cast"]);
  });

  it("wrap sums of int32", () => {
    const x = tensor([2 ** 31 - 1, 1, 5], { shape: [3, 1], dtype: "int32" });
    const segment = tensor([1, 1, 0], { dtype: "int32" });
    expect(compile((a: Tensor, s: Tensor) => sumsOf(a, s, 2))(x, segment).toArray()).toEqual([[5], [-(2 ** 31)]]);
  });

  it("add to single elements, in their order", () => {
    const fn = (x: Tensor, at: Tensor): Tensor => zeros([5, 7], { dtype: "float64" }).scatterAdd(1, at, x.mul(3));
    const [x, at] = [draw(5, 50).to("float64"), randint(0, 7, [5, 50], { generator })];
    const compiled = compile(fn, { deterministic: true });
    expectEqual(compiled(x, at), fn(x, at));
    expect(fusedBy(compiled)).toEqual(["mul scatterAdd"]);
  });

  it("share loops with sums over the same axis, and with what lies before these", () => {
    const fn = (x: Tensor, segment: Tensor): Tensor[] => {
      const centred = x.sub(x.mean({ axis: 0, keepDims: true }));
      return [sumsOf(centred, segment, 9), centred.square().sum({ axis: 0 })];
    };
    const [x, segment] = [draw(40, 16).to("float64"), drawIndex(9, 40)];
    const compiled = compile(fn, { deterministic: true });
    const [sums, squares] = compiled(x, segment) as [Tensor, Tensor];
    const [wantedSums, wantedSquares] = fn(x, segment) as [Tensor, Tensor];
    expect(Math.max(...sums.sub(wantedSums).abs().data)).toBeLessThan(1e-13);
    expect(Math.max(...squares.sub(wantedSquares).abs().data)).toBeLessThan(1e-12);
    expect(fusedBy(compiled)).toHaveLength(1);
  });

  it("add by the index of before where their loops replace it", () => {
    const step = (index: Tensor, next: Tensor, x: Tensor): Tensor => {
      const sums = zeros([4, 6], { dtype: "float64" }).scatterAdd(0, index, x.mul(next.to("float64")));
      assign(index, next);
      return sums;
    };
    const [x, next] = [draw(30, 6).to("float64"), randint(0, 4, [30, 6], { generator })];
    const first = randint(0, 4, [30, 6], { generator });
    const index = first.clone();
    const compiled = compile((other: Tensor, values: Tensor) => step(index, other, values), { deterministic: true });
    expectEqual(compiled(next, x), step(first, next, x));
    expectEqual(index, next);
    expectEqual(compiled(next.neg().add(3), x), step(first, next.neg().add(3), x));
  });

  it("have code in common where many differ in nothing but addresses", () => {
    const fn = (x: Tensor, segment: Tensor): Tensor[] =>
      Array.from({ length: 10 }, (_, k) => sumsOf(x.slice([4 * k, 4 * k + 4]).mul(2), segment, 3));
    const [x, segment] = [draw(40, 5).to("float64"), drawIndex(3, 4)];
    const got = compile(fn, { deterministic: true })(x, segment);
    fn(x, segment).forEach((want, k) => expectEqual(got[k]!, want));
  });
});

describe("checks of indices in loops", () => {
  const message = (fn: string, got: number): ShapeError =>
    new ShapeError(`${fn}: expected indices in [0, 30) for axis 0, got ${got}.`);

  it.each([30, -1, 2 ** 31 - 1, -(2 ** 31)])("refuse %i as eager does, before anything is read or written", (wrong) => {
    const state = tensor([1]);
    const [table, x] = [draw(30, 64), draw(50, 64).to("float64")];
    const gathers = (i: Tensor): Tensor => {
      assign(state, state.add(1));
      return table.indexSelect(0, i).mul(2);
    };
    const scatters = (i: Tensor): Tensor => {
      assign(state, state.add(1));
      return sumsOf(x.mul(2), i, 30).indexSelect(0, i);
    };
    const bad = assignedAt(drawIndex(30, 50), 37, wrong);
    for (const [name, fn] of [
      ["indexSelect", gathers],
      ["scatterAdd", scatters],
    ] as const) {
      const compiled = compile(fn);
      for (let call = 0; call < 2; call++) {
        const before = state.item();
        expect(() => compiled(bad)).toThrow(message(name, wrong));
        expect(state.item()).toBe(before);
      }
      const good = drawIndex(30, 50);
      expectEqual(compiled(good), fn(good));
      expect(() => compiled(bad)).toThrow(message(name, wrong));
    }
  });

  it("come before loops that read by an index, and after loops that what they check needs", () => {
    const fn = (x: Tensor, i: Tensor): Tensor => {
      const shifted = x.add(1);
      expectElements(shifted, { within: [[-100, 100]], error: (got) => new RangeError(`too far: ${got}`) });
      return shifted.add(x.indexSelect(0, i)).mul(shifted);
    };
    const [x, i] = [draw(300, 8), drawIndex(300, 300)];
    const compiled = compile(fn);
    expectEqual(compiled(x, i), fn(x, i));
    expect(() => compiled(x.mul(1e4), i)).toThrow(/^too far/u);
    const kinds = kernelsOf(compiled).map((kernel) =>
      kernel.kind === "routine"
        ? "check"
        : kernel.kind === "loop" &&
            kernel.pattern.plan.nodes.some((node) => node.kind === "load" && node.at !== undefined)
          ? "gather"
          : "loop",
    );
    expect(kinds.indexOf("gather")).toBeGreaterThan(kinds.lastIndexOf("check"));
  });
});

describe("exports", () => {
  it("read and add by an index, and refuse what is out of range", async () => {
    const sums = (x: Tensor, segment: Tensor): Tensor =>
      x.sub(sumsOf(x.to("float64"), segment, 400).exp().indexSelect(0, segment).to("float32"));
    const [x, segment] = [draw(60, 16), drawIndex(5, 60)];
    const compiled = compile(sums, { deterministic: true });
    const want = compiled(x, segment);
    const { wasm } = exportWasm(compiled, [x, segment]);
    const loaded = await loadWasm(wasm);
    expect(String(loaded.run(x.data, segment.data)[0])).toBe(String(want.data));
    const bad = assignedAt(segment, 7, 400);
    expect(() => loaded.run(x.data, bad.data)).toThrow("expected indices in [0, 400)");
    expect(String(loaded.run(x.data, segment.data)[0])).toBe(String(want.data));
  });
});
