import type { Tensor } from "@tapegrad/tensor";
import { ConfiguredModule } from "../module/configured-module.ts";
import { expectNothing } from "@tapegrad/tensor/internal";
import { checkInterpolation, interpolate, type InterpolateOptions, interpolateTable } from "./interpolate.ts";

/**
 * `interpolate` as a layer, for any number of spatial axes: PyTorch's `Upsample`, and Keras' `UpSampling1D`,
 * `UpSampling2D` and `UpSampling3D`.
 *
 * @example
 * const layer = new UpSampling({ scaleFactor: 2, mode: "bilinear" });
 * layer.forward(randn([8, 3, 14, 14])).shape; // => [8, 3, 28, 28]
 */
export class UpSampling extends ConfiguredModule<InterpolateOptions> {
  static override readonly name: string = "UpSampling";

  constructor(options: InterpolateOptions = {}) {
    super(options, interpolateTable);
    checkInterpolation("UpSampling", this.options);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("UpSampling.forward", none);
    return interpolate(x, this.options);
  }
}
