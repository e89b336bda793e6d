import { describe, expect, it } from "vitest";
import { disassemble } from "../../test/disassemble.ts";
import { instantiateFunction } from "../../test/evaluate.ts";
import { AssemblyError } from "./assembly-error.ts";
import type { FunctionBuilder } from "./function-builder.ts";
import type { Local } from "./local.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { call } from "./ops/call.ts";
import { f32 } from "./ops/f32.ts";
import { f64 } from "./ops/f64.ts";
import { f32x4 } from "./ops/float-vector.ts";
import { i32 } from "./ops/i32.ts";
import { i64 } from "./ops/i64.ts";
import { i8x16 } from "./ops/narrow-vector.ts";
import { select } from "./ops/select.ts";
import { v128 } from "./ops/v128.ts";

describe("locals", () => {
  it("keeps parameters, initial values and lets apart", () => {
    const { run } = instantiateFunction({ a: "i32", b: "f32", c: "i64" }, "f64", (f, { a, b, c }) => {
      const double = f.local("f64", 0.5);
      const sum = f.let(f32.add(f32.convertI32S(a), b));
      f.set(b, 100);
      const wide = f.local("f64");
      f.set(wide, 2);
      const total = f32.add(sum, f32.convertI64S(c));
      return f64.add(f64.mul(double, wide), f64.promoteF32(total));
    });
    expect(run(1, 2, 3n)).toBe(7);
  });

  it("evaluates an expression where it stands, a let where it is made", () => {
    const { run } = instantiateFunction({ x: "i32" }, "i32", (f, { x }) => {
      const code = i32.add(x, 1);
      const value = f.let(code);
      f.set(x, 10);
      return i32.add(i32.mul(value, 100), code);
    });
    expect(run(1)).toBe(211);
  });

  it("returns early", () => {
    const { run } = instantiateFunction({ x: "i32" }, "i32", (f, { x }) => {
      f.if(i32.ltS(x, 0), () => f.return(-1));
      return select(x, i32.const(1), i32.const(0));
    });
    expect([run(-5), run(0), run(7)]).toEqual([-1, 0, 1]);
  });

  it("writes an expression of any depth", () => {
    const { run } = instantiateFunction({ x: "i32" }, "i32", (_, { x }) => {
      let sum = i32.add(x, 0);
      for (let i = 0; i < 4000; i++) sum = i32.add(sum, 1);
      return sum;
    });
    expect(run(2)).toBe(4002);
  });
});

describe("stores", () => {
  it("writes every width", () => {
    const { run, memory } = instantiateFunction({ p: "i32" }, "void", (f, { p }) => {
      f.store("i32", p, 0x11223344);
      f.store("i32.8", p, 0xabcd, { offset: 4 });
      f.store("i32.16", p, 0x12345678, { offset: 6 });
      f.store("i64", p, 0x1122334455667788n, { offset: 8 });
      f.store("i64.8", p, 0x1ffn, { offset: 16 });
      f.store("i64.16", p, 0x10203n, { offset: 18 });
      f.store("i64.32", p, 0x100000007n, { offset: 20 });
      f.store("f32", p, 1.5, { offset: 24 });
      f.store("f64", p, -2.5, { offset: 32 });
      f.store("v128", p, f32x4.const([1, 2, 3, 4]), { offset: 48, align: 4 });
    });
    run(16);
    const view = new DataView(memory, 16);
    expect(view.getInt32(0, true)).toBe(0x11223344);
    expect(view.getUint16(4, true)).toBe(0xcd);
    expect(view.getUint16(6, true)).toBe(0x5678);
    expect(view.getBigInt64(8, true)).toBe(0x1122334455667788n);
    expect(view.getUint16(16, true)).toBe(0xff);
    expect(view.getUint16(18, true)).toBe(0x0203);
    expect(view.getUint32(20, true)).toBe(7);
    expect(view.getFloat32(24, true)).toBe(1.5);
    expect(view.getFloat64(32, true)).toBe(-2.5);
    expect([...new Float32Array(memory, 64, 4)]).toEqual([1, 2, 3, 4]);
  });

  it("writes single lanes", () => {
    const { run, memory } = instantiateFunction({}, "void", (f) => {
      const bytes = f.let(i8x16.const(Array.from({ length: 16 }, (_, i) => i)));
      f.storeLane(8, 0, bytes, 3);
      f.storeLane(16, 0, bytes, 7, { offset: 2 });
      f.storeLane(32, 0, bytes, 1, { offset: 4 });
      f.storeLane(64, 0, bytes, 1, { offset: 8 });
    });
    run();
    expect([...new Uint8Array(memory, 0, 16)]).toEqual([3, 0, 14, 15, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it("copies and fills memory", () => {
    const { run, memory } = instantiateFunction({ n: "i32" }, "void", (f, { n }) => {
      f.fillMemory(100, 0x1aa, n);
      f.copyMemory(8, 0, 16);
    });
    new Uint8Array(memory).set(Array.from({ length: 16 }, (_, i) => i));
    run(3);
    expect([...new Uint8Array(memory, 8, 16)]).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect([...new Uint8Array(memory, 99, 5)]).toEqual([0, 0xaa, 0xaa, 0xaa, 0]);
  });

  it("has mnemonics for atomic stores and the fence", () => {
    const module = new ModuleBuilder();
    module.memory({ initial: 1 });
    module.function("stores", { params: {}, result: "void" }, (f) => {
      f.atomicStore("i32", 0, 1, { offset: 8 });
      f.atomicStore("i32.8", 0, 1);
      f.atomicStore("i32.16", 0, 1);
      f.atomicStore("i64", 0, 1);
      f.atomicStore("i64.8", 0, 1);
      f.atomicStore("i64.16", 0, 1);
      f.atomicStore("i64.32", 0, 1);
      f.atomicFence();
      f.unreachable();
    });
    const stores = disassemble(module.toBytes()).match(/i\d+\.atomic\.store\S*|atomic\.fence|unreachable/g);
    const prefix = (type: string, ...rest: string[]): string[] => rest.map((width) => `${type}.atomic.store${width}`);
    expect(stores).toEqual([
      ...prefix("i32", "", "8", "16"),
      ...prefix("i64", "", "8", "16", "32"),
      "atomic.fence",
      "unreachable",
    ]);
  });
});

describe("mistakes", () => {
  const foreign = (): Local<"i32"> => {
    let local: Local<"i32"> | undefined;
    instantiateFunction({}, "void", (f) => (local = f.local("i32")) && undefined);
    return local as Local<"i32">;
  };
  const inFunction = (body: (f: FunctionBuilder<"i32">) => unknown) => (): unknown =>
    instantiateFunction({}, "i32", (f) => body(f) as number);
  const wrong = <T>(value: unknown): T => value as T;

  it.each<[string, () => unknown, string]>([
    [
      "an operand of another type",
      () => f32.add(1, wrong(i32.const(1))),
      "f32.add: expected an operand of type f32, got i32.",
    ],
    ["a bigint for an i32", () => i32.add(1, wrong(1n)), "i32.add: expected an operand of type i32, got 1n."],
    [
      "a number for a vector",
      () => f32x4.add(wrong(1), wrong(2)),
      "f32x4.add: expected an operand of type v128, got 1.",
    ],
    [
      "a missing operand",
      () => wrong<(x: number) => unknown>(i32.add)(1),
      "i32.add: expected an operand of type i32, got undefined.",
    ],
    ["a fractional i32", () => i32.add(0.5, 1), "i32.const: expected an integer in [-2^31, 2^32), got 0.5."],
    ["a fractional i64", () => i64.const(0.5), "i64.const: expected a safe integer or a bigint, got 0.5."],
    ["a negative offset", () => f32.load(0, { offset: -4 }), "f32.load: expected an offset in [0, 2^32), got -4."],
    [
      "an alignment beyond the size",
      () => f32.load(0, { align: 8 }),
      "f32.load: expected an alignment that is a power of two up to 4, got 8.",
    ],
    [
      "an alignment of three",
      () => v128.load(0, { align: 3 }),
      "v128.load: expected an alignment that is a power of two up to 16, got 3.",
    ],
    [
      "a lane out of range",
      () => f32x4.extractLane(v128.const(0), 4),
      "f32x4.extractLane: expected a lane in [0, 4), got 4.",
    ],
    [
      "a shuffle of too few",
      () => f32x4.shuffle(v128.const(0), v128.const(0), [0]),
      "f32x4.shuffle: expected 4 lanes, got 1.",
    ],
    ["a constant of too many", () => f32x4.const([1, 2]), "f32x4.const: expected 4 lanes, got 2."],
    ["a byte out of range", () => i8x16.const(256), "i8x16.const: expected integers in [-128, 256), got 256."],
    [
      "select of two types",
      () => select(1, f32.const(1), wrong(f64.const(1))),
      "select: expected two operands of one type, got f32 and f64.",
    ],
    [
      "a foreign local",
      inFunction(() => foreign()),
      "run: expected locals and callees of this function's module, got foreign ones.",
    ],
    [
      "setting a foreign local",
      inFunction((f) => f.set(foreign(), 1)),
      "run: expected locals and callees of this function's module, got foreign ones.",
    ],
    ["no result", inFunction(() => undefined), "run: expected a result of type i32, got none."],
    [
      "a result of another type",
      inFunction(() => f32.const(1)),
      "run: result: expected an operand of type i32, got f32.",
    ],
    [
      "a result of a void function",
      () => instantiateFunction({}, "void", () => wrong<undefined>(1)),
      "run: expected no result, got a value.",
    ],
    [
      "setting another type",
      inFunction((f) => f.set(f.local("f32"), wrong(f64.const(1)))),
      "run: set: expected an operand of type f32, got f64.",
    ],
    [
      "storing another type",
      inFunction((f) => f.store("f32", 0, wrong(f64.const(1)))),
      "f32.store: expected an operand of type f32, got f64.",
    ],
  ])("%s", (_, mistake, message) => {
    expect(mistake).toThrow(AssemblyError);
    expect(mistake).toThrow(message);
  });

  it("memory code without a memory", () => {
    const build = (body: (f: FunctionBuilder<"void">) => void) => (): unknown =>
      new ModuleBuilder().function("lost", { params: {}, result: "void" }, body);
    const message = "lost: expected the module to have a memory before code that uses one.";
    expect(build((f) => f.drop(i32.load(0)))).toThrow(message);
    expect(build((f) => f.store("i32", 0, 1))).toThrow(message);
    expect(build((f) => f.fillMemory(0, 0, 1))).toThrow(message);
  });

  it("does not compile where types are wrong", () => {
    const never = (f: FunctionBuilder<"i32">): void => {
      // @ts-expect-error: an f32 is not an i32
      i32.add(f32.const(1), 1);
      // @ts-expect-error: a vector has no literal
      f32x4.add(1, 2);
      // @ts-expect-error: an i64 literal is not an i32
      f.set(f.local("i32"), 1n);
      // @ts-expect-error: the result is an i32
      f.return(f32.const(1));
      // @ts-expect-error: f64 where f32 is stored
      f.store("f32", 0, f64.const(1));
      // @ts-expect-error: no such instruction
      f32.remS(1, 2);
    };
    expect(never).toBeTypeOf("function");
  });
});

describe("calls", () => {
  it("calls imports, other functions and itself", () => {
    const module = new ModuleBuilder();
    const log = module.importFunction("env", "log", { params: { x: "i32" }, result: "void" });
    const twice = module.importFunction("env", "twice", { params: { x: "f32" }, result: "f32" });
    const factorial = module.declare("factorial", { params: { n: "i32" }, result: "i32" });
    module.define(factorial, (f, { n }) => {
      f.call(log, { x: n });
      f.if(i32.leS(n, 1), () => f.return(1));
      return i32.mul(n, call(factorial, { n: i32.sub(n, 1) }));
    });
    const run = module.function("run", { params: { n: "i32" }, result: "f32" }, (f, { n }) => {
      f.call(factorial, { n: 1 });
      return call(twice, { x: f32.convertI32S(call(factorial, { n })) });
    });
    module.exportFunction(run);
    const logged: number[] = [];
    const env = { log: (x: number) => logged.push(x), twice: (x: number) => 2 * x };
    const { exports } = new WebAssembly.Instance(module.compile(), { env });
    expect((exports["run"] as (n: number) => number)(5)).toBe(240);
    expect(logged).toEqual([1, 5, 4, 3, 2, 1]);
  });

  it("checks arguments by name", () => {
    const module = new ModuleBuilder();
    const target = module.declare("target", { params: { x: "i32", y: "f32" }, result: "void" });
    expect(() => call(target, { x: 1 } as never)).toThrow("call target: expected an argument y, got none.");
    expect(() => call(target, { x: 1, y: 2, z: 3 } as never)).toThrow("call target: expected no argument named z.");
    expect(() => call(target, { x: 1, y: i32.const(2) } as never)).toThrow(
      "call target, argument y: expected an operand of type f32, got i32.",
    );
    expect(() =>
      new ModuleBuilder().function("other", { params: {}, result: "void" }, (f) => f.call(target, { x: 1, y: 2 })),
    ).toThrow("other: expected locals and callees of this function's module, got foreign ones.");
  });
});
