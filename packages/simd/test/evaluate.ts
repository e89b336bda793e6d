import { ModuleBuilder } from "../src/assembler/module-builder.ts";
import type { FunctionBody } from "../src/assembler/module-builder.ts";
import type { ValueType } from "../src/assembler/value-type.ts";

/** A module instance with one exported function, `run`, and a memory of one page. */
export interface Instance {
  readonly run: (...args: (number | bigint)[]) => number | bigint;
  readonly memory: ArrayBuffer;
}

/** Assembles, validates and instantiates one function. */
export function instantiateFunction<const P extends Readonly<Record<string, ValueType>>, R extends ValueType | "void">(
  params: P,
  result: R,
  body: FunctionBody<P, R>,
): Instance {
  const module = new ModuleBuilder();
  module.memory({ initial: 1 });
  module.exportMemory("memory");
  module.exportFunction(module.function("run", { params, result }, body));
  const { exports } = new WebAssembly.Instance(module.compile());
  return {
    run: exports["run"] as Instance["run"],
    memory: (exports["memory"] as WebAssembly.Memory).buffer,
  };
}
