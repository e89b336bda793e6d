import { malformed } from "@tapegrad/io/internal";
import { type DType, DTypeError, ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectTensor, formatShape } from "@tapegrad/tensor/internal";
import { elementType } from "../model/elements.ts";
import type { ValueProto } from "../model/model-proto.ts";

/** What a model takes or gives: a tensor. */
export interface OnnxValue {
  /** Its name in the file. */
  readonly name: string;
  /** The dtype that holds it here, unless the file does not tell. */
  readonly dtype: DType | undefined;
  /** Its extents: a name stands for any extent, as does undefined. Undefined if the file does not tell the rank. */
  readonly shape: readonly (number | string | undefined)[] | undefined;
}

/**
 * What a graph says of an input or output.
 *
 * @throws {FormatError} for what is no tensor, or of a dtype that nothing here can hold
 */
export function onnxValue(source: string, field: string, proto: ValueProto): OnnxValue {
  const { name, kind, elementType: number, shape } = proto;
  if (kind !== "tensor") throw malformed(source, `${field}.type`, `expected a tensor, got a ${kind}`);
  const dtype = number === 0 ? undefined : elementType(source, `${field}.type.tensor_type.elem_type`, number).dtype;
  return { name, dtype, shape };
}

/** `x: float32 [batch, 3]` */
export function formatValue({ name, dtype, shape }: OnnxValue): string {
  const extents = shape === undefined ? "" : ` [${shape.map((extent) => extent ?? "?").join(", ")}]`;
  return `${name}: ${dtype ?? "any dtype"}${extents}`;
}

/**
 * Throws unless a tensor is what a model says of an input.
 *
 * @param wide whether float32 is computed as float64
 */
export function expectFits(fn: string, value: OnnxValue, x: Tensor, wide: boolean): void {
  expectTensor(fn, value.name, x);
  const wanted = wide && value.dtype === "float32" ? "float64" : value.dtype;
  if (wanted !== undefined && x.dtype !== wanted) {
    throw new DTypeError(
      `${fn}: expected ${value.name} of dtype ${wanted}, got ${x.dtype}. Convert it with to("${wanted}").`,
    );
  }
  const { shape } = value;
  if (shape === undefined) return;
  const fits =
    shape.length === x.ndim && shape.every((extent, i) => typeof extent !== "number" || extent === x.shape[i]);
  if (!fits) throw new ShapeError(`${fn}: expected ${formatValue(value)}, got shape ${formatShape(x.shape)}.`);
}
