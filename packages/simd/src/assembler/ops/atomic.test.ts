import { describe, expect, it } from "vitest";
import { ModuleBuilder } from "../module-builder.ts";
import type { Expr } from "../expr.ts";
import type { ValueType } from "../value-type.ts";
import { atomicI32, atomicI64, atomicNotify } from "./atomic.ts";
import { i64 } from "./i64.ts";

function onSharedMemory(build: () => Expr<ValueType>): { result: number | bigint; cells: BigInt64Array } {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const cells = new BigInt64Array(memory.buffer);
  cells[1] = 12n;
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", { initial: 1, maximum: 1, shared: true });
  const expr = build();
  const run = module.function("run", { params: {}, result: expr.type }, () => expr as never);
  module.exportFunction(run);
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
  return { result: (exports["run"] as () => number | bigint)(), cells };
}

describe.each([
  ["i32", atomicI32, Number],
  ["i64", atomicI64, BigInt],
] as const)("%s", (_, ops, convert) => {
  it.each<[string, () => Expr<ValueType>, number]>([
    ["load", () => ops.load(8), 12],
    ["add", () => ops.add(0, 10, { offset: 8 }), 22],
    ["sub", () => ops.sub(8, 2), 10],
    ["and", () => ops.and(8, 10), 8],
    ["or", () => ops.or(8, 3), 15],
    ["xor", () => ops.xor(8, 5), 9],
    ["exchange", () => ops.exchange(8, 7), 7],
    ["compareExchange", () => ops.compareExchange(8, 12, 5), 5],
    ["compareExchange of another value", () => ops.compareExchange(8, 11, 5), 12],
  ])("%s", (_, build, after) => {
    const { result, cells } = onSharedMemory(build);
    expect(result).toBe(convert(12));
    expect(cells[1]).toBe(BigInt(after));
  });

  it("waits", () => {
    expect(onSharedMemory(() => ops.wait(8, 11, -1n)).result).toBe(1);
    expect(onSharedMemory(() => ops.wait(8, 12, i64.const(1000))).result).toBe(2);
  });
});

it("notifies", () => {
  expect(onSharedMemory(() => atomicNotify(8, 1)).result).toBe(0);
});

it("refuses an alignment", () => {
  expect(() => atomicI32.load(0, { align: 1 } as never)).toThrow(
    "i32.atomic.load: expected no align, atomics are always aligned.",
  );
});
