import type { assembled } from "./assembled.ts";
import { bytesOf } from "./bytes-of.ts";

/** The exports of a module that was assembled in advance. */
export function instantiate<Exports>(name: keyof typeof assembled, imports: WebAssembly.Imports): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(bytesOf(name)), imports).exports as Exports;
}
