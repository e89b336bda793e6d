import { type Tensor, zeros } from "@tapegrad/tensor";
import { Module } from "../../module/module.ts";
import type { Parameter } from "../../module/parameter.ts";
import { cellParameters, type CellOptions, type CellParameters } from "./cell-parameters.ts";

/** What the three recurrent cells share: their parameters. */
export abstract class RecurrentCell<In extends readonly unknown[], Out>
  extends Module<In, Out>
  implements CellParameters
{
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** `[gates·hiddenSize, inputSize]` */
  readonly weightIh: Parameter;
  /** `[gates·hiddenSize, hiddenSize]` */
  readonly weightHh: Parameter;
  /** `[gates·hiddenSize]` */
  readonly biasIh: Parameter | undefined;
  /** `[gates·hiddenSize]` */
  readonly biasHh: Parameter | undefined;

  constructor(gates: number, inputSize: number, hiddenSize: number, options: CellOptions) {
    super();
    const { weightIh, weightHh, biasIh, biasHh } = cellParameters(gates, inputSize, hiddenSize, options);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weightIh = weightIh;
    this.weightHh = weightHh;
    this.biasIh = biasIh;
    this.biasHh = biasHh;
  }

  /** The state before the first step, `[..., hiddenSize]`. */
  protected zeroState(x: Tensor): Tensor {
    return zeros([...x.shape.slice(0, -1), this.hiddenSize], { dtype: this.weightHh.dtype });
  }

  override details(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.biasIh === undefined ? ", bias=false" : ""}`;
  }
}
