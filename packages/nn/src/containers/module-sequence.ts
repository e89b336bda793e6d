import { expectModule } from "../module/expect-module.ts";
import type { AnyModule } from "../module/module.ts";
import { ElementList } from "./element-list.ts";

/** A module that holds others in order; their names are "0", "1", ... */
export abstract class ModuleSequence<M extends AnyModule, In extends readonly unknown[], Out> extends ElementList<
  M,
  In,
  Out
> {
  protected override settleElement(fn: string, what: string, module: M): M {
    expectModule(fn, what, module);
    return module;
  }

  protected override elementKind(): string {
    return "module";
  }
}
