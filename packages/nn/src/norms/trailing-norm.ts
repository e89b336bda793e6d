import type { Shape } from "@tapegrad/tensor";
import type { OptionTable } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import { formatExtents, toShape } from "./trailing-axes.ts";

/** A norm of every sample over its trailing axes. */
export abstract class TrailingNorm<Options extends { readonly eps?: unknown }> extends ConfiguredModule<Options> {
  readonly shape: Shape;

  /** @param shape the trailing axes to normalize over; a number is one axis */
  constructor(shape: number | Shape, options: Options, table: OptionTable<Options>) {
    super(options, table);
    this.shape = toShape(new.target.name, shape);
  }

  get eps(): Required<Options>["eps"] {
    return this.options.eps;
  }

  protected override positional(): readonly string[] {
    return [formatExtents(this.shape)];
  }
}
