import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { ModuleBuilder } from "../assembler/module-builder.ts";
import type { FloatShape } from "./float-shape.ts";

/** Where an elementary function is emitted. */
export interface MathScope {
  readonly module: ModuleBuilder;
  /** The function whose code it becomes a part of. */
  readonly f: FunctionBuilder;
  readonly shape: FloatShape;
}
