import { describe, expect, it } from "vitest";
import { disassemble } from "../../test/disassemble.ts";
import type { FunctionBuilder, ParamLocals } from "./function-builder.ts";
import { FunctionLibrary } from "./function-library.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { call } from "./ops/call.ts";
import { f32x4, f64x2 } from "./ops/float-vector.ts";
import { i32x4 } from "./ops/integer-vector.ts";
import type { Expr } from "./expr.ts";

const params = { n: "i32", x: "f32" } as const;
const signature = { params, result: "f32" } as const;
type Body = (f: FunctionBuilder<"f32">, locals: ParamLocals<typeof params>) => Expr<"f32">;

/** The instructions of a function, and what it gives. */
function build(body: Body) {
  const module = new ModuleBuilder();
  module.exportFunction(module.function("run", signature, body));
  const bytes = module.toBytes();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return { code: disassemble(bytes).split("\n"), run: exports["run"] as (n: number, x: number) => number };
}

/** Adds x and a constant n times, in a loop or in the first turn before it. */
const sums =
  (constant: Expr<"v128">, times = 1): Body =>
  (f, { n, x }) => {
    const sum = f.let(f32x4.splat(x));
    f.for({ to: n }, () => {
      for (let k = 0; k < times; k++) f.set(sum, f32x4.add(sum, constant));
    });
    return f32x4.extractLane(sum, 0);
  };

const count = (code: readonly string[], what: string): number => code.filter((line) => line.includes(what)).length;
const position = (code: readonly string[], what: string): number => code.findIndex((line) => line.includes(what));

describe("vector constants of loops", () => {
  it("are made once, before them", () => {
    const { code, run } = build(sums(f32x4.const(0.5), 3));
    expect(count(code, "v128.const")).toBe(1);
    expect(position(code, "v128.const")).toBeLessThan(position(code, "loop"));
    expect([run(4, 1), run(0, 1), run(1, -2)]).toEqual([7, 1, -0.5]);
  });

  it("stay where they are outside of loops", () => {
    const { code, run } = build((f, { n, x }) => {
      const sum = f.let(f32x4.add(f32x4.splat(x), f32x4.const(2)));
      f.if(n, () => f.set(sum, f32x4.add(sum, f32x4.const(2))));
      f.loop(() => {});
      return f32x4.extractLane(f32x4.mul(sum, f32x4.const(2)), 0);
    });
    expect(count(code, "v128.const")).toBe(3);
    expect([run(0, 1), run(1, 1)]).toEqual([6, 10]);
  });

  it("of equal bits stay in them", () => {
    for (const constant of [f32x4.const(0), i32x4.const(-1)]) {
      const { code } = build(sums(constant));
      expect(position(code, "v128.const")).toBeGreaterThan(position(code, "loop"));
    }
    expect(build(sums(f32x4.const(0))).run(3, 1)).toBe(1);
  });

  it("are told apart by their bits alone", () => {
    const same = build((f, { n, x }) => {
      const sum = f.let(f32x4.splat(x));
      f.for({ to: n }, () => {
        for (const one of [f32x4.const(1), i32x4.const(0x3f80_0000), f32x4.const([1, 1, 1, 1])]) {
          f.set(sum, f32x4.add(sum, one));
        }
      });
      return f32x4.extractLane(sum, 0);
    });
    expect(count(same.code, "v128.const")).toBe(1);
    expect(same.run(2, 0)).toBe(6);
    const different = build((f, { n, x }) => {
      const sum = f.let(f32x4.splat(x));
      f.for({ to: n }, () => {
        for (const one of [f32x4.const(1), f32x4.const(-1), f32x4.const([1, 1, 1, 2]), f64x2.const(1)]) {
          f.set(sum, f32x4.add(sum, one));
        }
        f.set(sum, f32x4.div(sum, f32x4.const(-0)));
        f.set(sum, f32x4.div(f32x4.const(1), sum));
      });
      return f32x4.extractLane(sum, 0);
    });
    expect(count(different.code, "v128.const")).toBe(5);
    expect(different.run(1, 1)).toBe(-0);
  });

  it("are those of each function, with calls in it, taken from a library too", () => {
    const library = new FunctionLibrary(10_000);
    for (let k = 0; k < 2; k++) {
      const module = new ModuleBuilder(library);
      module.memory({ initial: 1 });
      // What is taken from the library has other indices there.
      for (let i = 0; i < k; i++) module.importFunction("env", `other${i}`, { params: {}, result: "void" });
      const half = (own: ModuleBuilder) =>
        own.once("half", (inner) => inner.function("half", signature, sums(f32x4.const(0.5))));
      const both = module.once("both", (own) =>
        own.function("both", signature, (f, { n, x }) => {
          const sum = f.let(x);
          f.for({ to: n }, () => {
            const more = f32x4.add(f32x4.splat(call(half(own), { n, x: sum })), f32x4.const(3));
            f.set(sum, f32x4.extractLane(more, 0));
          });
          return sum;
        }),
      );
      module.exportFunction(both, "both");
      const { exports } = new WebAssembly.Instance(module.compile(), { env: { other0: () => {} } });
      expect((exports["both"] as (n: number, x: number) => number)(2, 1)).toBe(9);
    }
  });
});
