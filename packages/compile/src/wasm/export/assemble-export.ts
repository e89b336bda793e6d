import { type Bytes, customSection, dataSection, i32, ModuleBuilder } from "@tapegrad/simd";
import { CompileError, type Tensor, type TypedArray } from "@tapegrad/tensor";
import type { LazyGrad } from "@tapegrad/tensor/internal";
import type { WasmDescription } from "../../loader.ts";
import { isCheck, type RoutineKernel } from "../../schedule/kernel.ts";
import type { Schedule } from "../../schedule/schedule.ts";
import { emitKernels } from "../emit-module.ts";
import { type PlannedKernel, planKernels } from "../planned-kernel.ts";
import { dataSegments, gapFor } from "./data-segments.ts";
import { describeExport, type Exported } from "./describe-export.ts";
import { ExportLayout, statusAddress } from "./export-layout.ts";

export type { Exported };

/** A module that needs nothing, and what is in it. */
export interface ExportedWasm {
  /** The module: a file of its own. */
  readonly wasm: Bytes;
  /** What stands in its section `tapegrad` as JSON. */
  readonly describe: WasmDescription;
}

const pageBytes = 65536;

/**
 * Code and data of a schedule as one module for one thread, with a memory of its own.
 *
 * @throws {CompileError} for operations that are not WebAssembly, all of them at once
 */
export function assembleExport(schedule: Schedule, exported: Exported): ExportedWasm {
  const planned = planKernels(schedule.kernels, false);
  expectCode(planned);
  const layout = new ExportLayout(schedule, planned, exported.inputs);
  const { kernels } = layout;
  const checks = checksOf(kernels);
  const describe = describeExport(layout, exported, [...checks.values()]);
  const text = new TextEncoder().encode(JSON.stringify(describe));
  const code = assembleCode(kernels, layout, checks, describe);
  return { wasm: concat([code, dataOf(layout), customSection("tapegrad", text)]), describe };
}

/** The kernels that can fail, by their positions. */
function checksOf(kernels: readonly PlannedKernel[]): ReadonlyMap<number, RoutineKernel> {
  return new Map(
    kernels.flatMap((kernel, i) =>
      kernel.kind === "routine" && isCheck(kernel.kernel) ? [[i, kernel.kernel] as const] : [],
    ),
  );
}

function expectCode(kernels: readonly PlannedKernel[]): void {
  const missing = kernels.flatMap((kernel) => {
    if (kernel.kind !== "routine" || kernel.code !== undefined) return [];
    const { name, inputs } = kernel.kernel.operation;
    return [`${name} of ${inputs[0]!.dtype}`];
  });
  if (missing.length === 0) return;
  throw new CompileError(
    `exportWasm: expected operations that are WebAssembly, got ${[...new Set(missing)].join(", ")}. ` +
      "Return what they take, and let the program around the module compute them.",
  );
}

/** `run`, which says what has failed, and a function for each input and output that says where it lies. */
function assembleCode(
  kernels: readonly PlannedKernel[],
  layout: ExportLayout,
  checks: ReadonlyMap<number, RoutineKernel>,
  { inputs, outputs }: WasmDescription,
): Uint8Array {
  const module = new ModuleBuilder();
  const pages = Math.ceil(layout.end / pageBytes);
  module.memory({ initial: pages, maximum: pages });
  module.exportMemory("memory");
  const { addressOf, scratch, firstCopies, lastCopies: copies } = layout;
  const numbers = new Map([...checks.keys()].map((kernel, i) => [kernel, i + 1]));
  const all = emitKernels(
    module,
    { kernels, addressOf, scratch, copies, barrier: undefined },
    {
      fail: (f, kernel) => f.store("i32", statusAddress, numbers.get(kernel)!),
      leave: (f, kernel) => {
        const mayHaveFailed = kernel === undefined ? checks.size > 0 : checks.has(kernel);
        if (mayHaveFailed) f.if(i32.load(statusAddress), () => f.return());
      },
    },
  );
  const run = module.function("run", { params: {}, result: "i32" }, (f) => {
    f.store("i32", statusAddress, 0);
    for (const { from, to, bytes } of firstCopies) f.copyMemory(to, from, bytes);
    f.call(all, { thread: 0, threads: 1 });
    return i32.load(statusAddress);
  });
  module.exportFunction(run);
  for (const { name, address } of [...inputs, ...outputs]) {
    module.exportFunction(module.function(name, { params: {}, result: "i32" }, () => i32.const(address | 0)));
  }
  return module.toBytes();
}

/** What the function captured, as it is now; gradients only where they are read. */
function dataOf(layout: ExportLayout): Uint8Array {
  const { constants, storages, gradInputs, addressOf, stateAddress, gradAddress, end } = layout;
  const arrays: (readonly [address: number, data: TypedArray])[] = [
    ...constants.map((value) => [addressOf(value), value.from.data] as const),
    ...[...storages.keys()].map((storage) => [stateAddress(storage), storage.data!] as const),
    ...gradInputs.map(
      ({ from: { leaf } }) => [gradAddress(leaf), (leaf["rawGrad"] as Tensor | LazyGrad).data] as const,
    ),
  ];
  const gap = gapFor(end);
  return dataSection(arrays.flatMap(([address, data]) => dataSegments(address, data, gap)));
}

function concat(parts: readonly Uint8Array[]): Bytes {
  const all: Bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
