import { ModuleBuilder } from "../assembler/module-builder.ts";
import { defineCopy } from "./copy-kernel.ts";
import { defineExtremes } from "./extreme-kernels.ts";
import { defineAddTo, defineIndexing } from "./indexing-kernels.ts";

/** Assembles the module that copies, adds and searches along strides. It works in the memory of the GEMM kernels. */
export function assembleMovement(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("gemm", "memory", { initial: 1 });
  defineCopy(module);
  defineAddTo(module);
  defineIndexing(module);
  defineExtremes(module);
  return module.toBytes();
}
