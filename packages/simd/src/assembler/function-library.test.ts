import { describe, expect, it } from "vitest";
import type { FunctionRef } from "./function-ref.ts";
import { FunctionLibrary } from "./function-library.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { call } from "./ops/call.ts";
import { i32 } from "./ops/i32.ts";

const signature = { params: { n: "i32" }, result: "i32" } as const;
type Unary = FunctionRef<(typeof signature)["params"], "i32">;

let assembled = 0;

/** n + by, as a function of its own. */
const plus = (module: ModuleBuilder, by: number): Unary =>
  module.once(`plus ${by}`, (own) => {
    assembled++;
    return own.function("plus", signature, (_, { n }) => i32.add(n, by));
  });

/** (n + a) + (n + b) + n + a, by calls of which one is of a function that nothing else can call. */
const sums = (module: ModuleBuilder, a: number, b: number): Unary =>
  module.once(`sums ${a} ${b}`, (own) => {
    assembled++;
    const [first, second] = [plus(own, a), plus(own, b)];
    const inner = own.function("inner", signature, (_, { n }) => call(first, { n }));
    return own.function("sums", signature, (f, { n }) =>
      i32.add(f.let(i32.add(call(first, { n }), call(second, { n }))), call(inner, { n })),
    );
  });

function moduleOf(library: FunctionLibrary | undefined, define: (module: ModuleBuilder) => readonly Unary[]) {
  const module = new ModuleBuilder(library);
  module.importMemory("env", "memory", { initial: 1 });
  module.importFunction("env", "tell", signature);
  define(module).forEach((f, i) => module.exportFunction(f, `f${i}`));
  const bytes = module.toBytes();
  const env = { memory: new WebAssembly.Memory({ initial: 1 }), tell: (n: number) => n };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env });
  return { bytes, f: (i: number, n: number) => (exports[`f${i}`] as (n: number) => number)(n) };
}

describe("functions that are defined once", () => {
  it("are one in a module, whatever calls them", () => {
    for (const library of [undefined, new FunctionLibrary(1000)]) {
      const module = new ModuleBuilder(library);
      module.memory({ initial: 1 });
      expect(plus(module, 1)).toBe(plus(module, 1));
      sums(module, 1, 2);
      expect(plus(module, 2)).toBe(plus(module, 2));
    }
  });

  it("are taken from a library, into any module, with what they call", () => {
    const library = new FunctionLibrary(10_000);
    assembled = 0;
    const first = moduleOf(library, (module) => [sums(module, 1, 2), sums(module, 2, 3)]);
    expect(assembled).toBe(5);
    expect([first.f(0, 10), first.f(1, 10)]).toEqual([11 + 12 + 11, 12 + 13 + 12]);
    const second = moduleOf(library, (module) => [plus(module, 7), sums(module, 2, 3), plus(module, 2)]);
    expect(assembled).toBe(6);
    expect([second.f(0, 10), second.f(1, 10), second.f(2, 10)]).toEqual([17, 12 + 13 + 12, 12]);
  });

  it("give a module of the same bytes, whether the library knows them or not", () => {
    const define = (module: ModuleBuilder): readonly Unary[] => [
      plus(module, 3),
      sums(module, 1, 2),
      sums(module, 2, 3),
    ];
    const library = new FunctionLibrary(10_000);
    const bytes = [library, library, new FunctionLibrary(0)].map((one) => moduleOf(one, define).bytes);
    expect(bytes[1]).toEqual(bytes[0]);
    expect(bytes[2]).toEqual(bytes[0]);
  });

  it("call functions whose index takes more bytes than where they were assembled", () => {
    const library = new FunctionLibrary(100_000);
    moduleOf(library, (module) => [sums(module, 1, 2)]);
    const many = moduleOf(library, (module) => [
      ...Array.from({ length: 200 }, (_, i) => plus(module, i + 10)),
      sums(module, 1, 2),
    ]);
    expect(many.f(200, 10)).toBe(11 + 12 + 11);
  });

  it("are dropped by a library that is full, those first that were not asked for", () => {
    const library = new FunctionLibrary(100);
    for (let by = 0; by < 40; by++) {
      moduleOf(library, (module) => [plus(module, by), plus(module, 0)]);
      expect(library.bytes).toBeLessThanOrEqual(100);
    }
    expect(library.size).toBeGreaterThan(3);
    const [whole, part] = [new FunctionLibrary(1000), new FunctionLibrary(1000)];
    moduleOf(whole, (module) => [sums(module, 1, 2)]);
    moduleOf(part, (module) => [plus(module, 1), plus(module, 2)]);
    expect(whole.bytes - part.bytes).toBe("sums 1 2".length + 22 + 6); // 6 are of the one that nothing else calls
    assembled = 0;
    moduleOf(library, (module) => [plus(module, 0), plus(module, 39)]);
    expect(assembled).toBe(0);
    moduleOf(library, (module) => [plus(module, 1)]);
    expect(assembled).toBe(1);
    library.clear();
    expect([library.size, library.bytes]).toEqual([0, 0]);
  });

  it("are left in the library by modules with a memory only, which they may use", () => {
    const library = new FunctionLibrary(1000);
    const module = new ModuleBuilder(library);
    plus(module, 1);
    expect(library.size).toBe(0);
  });
});
