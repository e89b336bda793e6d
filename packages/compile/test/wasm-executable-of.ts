import { executableOf } from "../src/compile.ts";
import type { WasmExecutable } from "../src/wasm/executable.ts";

/** What runs the last call of a compiled function, with its schedule and memory. */
export function wasmExecutableOf(compiled: object): WasmExecutable | undefined {
  return executableOf(compiled) as WasmExecutable | undefined;
}
