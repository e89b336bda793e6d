import { ModuleBuilder } from "../assembler/module-builder.ts";
import { definePhilox } from "./philox-kernel.ts";

/** Assembles the module of random words. It works in the memory of the elementwise kernels. */
export function assembleRandom(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("kernels", "memory", { initial: 1 });
  module.exportFunction(definePhilox(module));
  return module.toBytes();
}
