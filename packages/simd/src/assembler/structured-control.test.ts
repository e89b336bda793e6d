import { describe, expect, it } from "vitest";
import { instantiateFunction } from "../../test/evaluate.ts";
import type { Label } from "./label.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { i32 } from "./ops/i32.ts";

const one = { n: "i32" } as const;

describe("for", () => {
  const sums = instantiateFunction({ from: "i32", to: "i32", step: "i32" }, "i32", (f, { from, to, step }) => {
    const sum = f.local("i32");
    f.for({ from, to, step }, (i) => f.set(sum, i32.add(sum, i)));
    return sum;
  });

  it.each([
    [0, 10, 1, 45],
    [0, 10, 3, 18],
    [5, 6, 1, 5],
    [5, 5, 1, 0],
    [6, 5, 1, 0],
    [-3, 3, 2, -3],
  ])("sums from %d to %d by %d", (from, to, step, expected) => expect(sums.run(from, to, step)).toBe(expected));

  it("runs again from the start when nested", () => {
    const { run } = instantiateFunction(one, "i32", (f, { n }) => {
      const count = f.local("i32");
      f.for({ to: n }, (i) => f.for({ from: i, to: n }, () => f.set(count, i32.add(count, 1))));
      return count;
    });
    expect(run(10)).toBe(55);
  });

  it("continues and breaks", () => {
    const { run } = instantiateFunction(one, "i32", (f, { n }) => {
      const sum = f.local("i32");
      f.for({ to: n }, (i, labels) => {
        f.brIf(labels.continue, i32.and(i, 1));
        f.brIf(labels.break, i32.geS(i, 7));
        f.set(sum, i32.add(sum, i));
      });
      return sum;
    });
    expect(run(100)).toBe(0 + 2 + 4 + 6);
  });

  it("evaluates an expression as limit once", () => {
    const { run } = instantiateFunction(one, "i32", (f, { n }) => {
      const turns = f.local("i32");
      f.for({ to: i32.mul(n, 2) }, () => {
        f.set(n, 0);
        f.set(turns, i32.add(turns, 1));
      });
      return turns;
    });
    expect(run(4)).toBe(8);
  });

  it("skips an empty literal range", () => {
    const { run } = instantiateFunction({}, "i32", (f) => {
      const turns = f.local("i32");
      f.for({ from: 3, to: 3 }, () => f.set(turns, 1));
      f.for({ from: 3, to: 4 }, () => f.set(turns, i32.add(turns, 10)));
      return turns;
    });
    expect(run()).toBe(10);
  });

  it("refuses a step that does not advance", () => {
    expect(() => instantiateFunction({}, "void", (f) => f.for({ to: 3, step: 0 }, () => {}))).toThrow(
      "for: expected a positive step, got 0.",
    );
  });
});

describe("while, loop, block, if", () => {
  it("counts the steps of Collatz", () => {
    const { run } = instantiateFunction(one, "i32", (f, { n }) => {
      const steps = f.local("i32");
      f.while(i32.ne(n, 1), () => {
        f.if(
          i32.and(n, 1),
          () => f.set(n, i32.add(i32.mul(n, 3), 1)),
          () => f.set(n, i32.shrU(n, 1)),
        );
        f.set(steps, i32.add(steps, 1));
      });
      return steps;
    });
    expect(run(27)).toBe(111);
    expect(run(1)).toBe(0);
  });

  it("branches out of several constructs at once", () => {
    const { run } = instantiateFunction(one, "i32", (f, { n }) => {
      const found = f.local("i32", -1);
      f.block((done) => {
        f.loop((again) => {
          f.if(i32.eqz(i32.remS(n, 17)), () => {
            f.set(found, n);
            f.br(done);
          });
          f.set(n, i32.add(n, 1));
          f.br(again);
        });
      });
      return found;
    });
    expect(run(35)).toBe(51);
  });

  it("refuses a label whose construct is closed", () => {
    expect(() =>
      instantiateFunction({}, "void", (f) => {
        let outside: Label | undefined;
        f.block((label) => (outside = label));
        f.block(() => f.br(outside as Label));
      }),
    ).toThrow("br: expected the label of an enclosing block or loop, got another.");
  });
});

describe("switch", () => {
  const { run } = instantiateFunction(one, "i32", (f, { n }) => {
    const result = f.local("i32");
    const give = (value: number) => (): void => f.set(result, i32.add(result, value));
    f.switch(n, [give(10), give(20), give(30)], give(99));
    return result;
  });

  it.each([
    [0, 10],
    [1, 20],
    [2, 30],
    [3, 99],
    [-1, 99],
  ])("case %d gives %d", (n, expected) => expect(run(n)).toBe(expected));

  it("may be empty", () => {
    const module = new ModuleBuilder();
    module.function("empty", { params: {}, result: "void" }, (f) => f.switch(0, []));
    expect(WebAssembly.validate(module.toBytes())).toBe(true);
  });
});
