import { describe, expect, it } from "vitest";
import { disassemble } from "../../test/disassemble.ts";
import { AssemblyError } from "./assembly-error.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { i32 } from "./ops/i32.ts";

const nothing = { params: {}, result: "void" } as const;

describe("ModuleBuilder", () => {
  it("assembles an empty module", () => {
    expect([...new ModuleBuilder().toBytes()]).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    expect(WebAssembly.validate(new ModuleBuilder().toBytes())).toBe(true);
  });

  it("writes sections in order, sharing types and grouping locals", () => {
    const module = new ModuleBuilder();
    module.importMemory("env", "memory", { initial: 1, maximum: 300, shared: true });
    const input = module.importFunction("env", "input", { params: { at: "i32" }, result: "i32" });
    const next = module.function("next", { params: { n: "i32" }, result: "i32" }, (f, { n }) => {
      f.local("f32");
      f.local("f32");
      f.local("v128");
      return i32.add(n, 1);
    });
    module.exportFunction(next);
    module.exportFunction(input, "again");
    module.exportMemory("heap");
    expect(disassemble(module.toBytes())).toBe(`(module
  (type (;0;) (func (param i32) (result i32)))
  (import "env" "memory" (memory (;0;) 1 300 shared))
  (import "env" "input" (func (;0;) (type 0)))
  (func (;1;) (type 0) (param i32) (result i32)
    (local f32 f32 v128)
    local.get 0
    i32.const 1
    i32.add)
  (export "next" (func 1))
  (export "again" (func 0))
  (export "heap" (memory 0)))
`);
  });

  it("takes bodies longer than its first buffer", () => {
    const module = new ModuleBuilder();
    const long = module.function("long", { params: {}, result: "i32" }, (f) => {
      const sum = f.local("i32");
      for (let i = 0; i < 2000; i++) f.set(sum, i32.add(sum, i));
      return sum;
    });
    module.exportFunction(long, "λ");
    const { exports } = new WebAssembly.Instance(module.compile());
    expect((exports["λ"] as () => number)()).toBe(1999000);
  });

  it.each<[string, (module: ModuleBuilder) => unknown, string]>([
    [
      "two memories",
      (m) => [m.memory({ initial: 1 }), m.importMemory("a", "b", { initial: 1 })],
      "importMemory: expected one memory, got a second.",
    ],
    [
      "a maximum below the initial size",
      (m) => m.memory({ initial: 2, maximum: 1 }),
      "memory: expected 0 <= initial <= maximum <= 65536 pages, got 2 and 1.",
    ],
    [
      "a shared memory without maximum",
      (m) => m.memory({ initial: 1, shared: true }),
      "memory: expected a maximum for a shared memory.",
    ],
    ["an export of no memory", (m) => m.exportMemory("x"), "exportMemory x: expected the module to have a memory."],
    [
      "an import after a function",
      (m) => [m.function("f", nothing, () => {}), m.importFunction("env", "late", nothing)],
      "importFunction env.late: expected imports before the module's own functions.",
    ],
    [
      "two exports of one name",
      (m) => {
        const f = m.function("f", nothing, () => {});
        m.exportFunction(f);
        m.exportFunction(f);
      },
      "export: expected unique names, got f twice.",
    ],
    [
      "a function of another module",
      (m) => m.exportFunction(new ModuleBuilder().declare("f", nothing)),
      "exportFunction f: expected a function of this module.",
    ],
    [
      "a definition in another module",
      (m) => m.define(new ModuleBuilder().declare("f", nothing), () => {}),
      "define f: expected a function of this module.",
    ],
    [
      "a definition of an import",
      (m) => m.define(m.importFunction("env", "f", nothing), () => {}),
      "define f: expected an own function, got an import.",
    ],
    [
      "two definitions",
      (m) =>
        m.define(
          m.function("f", nothing, () => {}),
          () => {},
        ),
      "define f: expected one definition, got two.",
    ],
    [
      "a missing definition",
      (m) => [m.declare("f", nothing), m.toBytes()],
      "toBytes: expected every function to be defined, got f without a body.",
    ],
  ])("refuses %s", (_, build, message) => {
    expect(() => build(new ModuleBuilder())).toThrow(AssemblyError);
    expect(() => build(new ModuleBuilder())).toThrow(message);
  });
});
