import { isFloat } from "../dtype.ts";
import { formatShape } from "../shape.ts";
import type { TensorCore } from "./core.ts";

const shown = 8;

/**
 * One line about a tensor, in the manner of lovely-tensors: shape, dtype, range, mean, standard deviation,
 * NaN!/Inf! flags and the first values.
 */
export function describeTensor(tensor: TensorCore): string {
  const head = `Tensor ${formatShape(tensor.shape)} ${tensor.dtype}`;
  const tail = gradPart(tensor);
  const { data } = tensor.storage;
  if (data === undefined) return `${head} (being traced)${tail}`;
  if (data.length !== tensor.size) return `${head} (transferred)${tail}`;
  if (tensor.size === 0) return `${head} (empty)${tail}`;
  const values = Array.from(data.subarray(0, shown), formatNumber);
  const list = `[${values.join(", ")}${tensor.size > shown ? ", …" : ""}]`;
  if (tensor.size === 1) return `${head} ${flags(data)}${values[0]}${tail}`;
  return `${head} ${statistics(data, isFloat(tensor.dtype))}${flags(data)}${list}${tail}`;
}

function gradPart(tensor: TensorCore): string {
  if (tensor.node !== undefined) return ` from ${tensor.node.name}`;
  return tensor.requiresGrad ? " requiresGrad" : "";
}

function statistics(data: ArrayLike<number>, float: boolean): string {
  let [count, sum, low, high] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    if (!Number.isFinite(x)) continue;
    count++;
    sum += x;
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  if (count === 0) return "";
  const range = `∈ [${formatNumber(low)}, ${formatNumber(high)}]`;
  if (!float) return `${range} `;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    if (Number.isFinite(x)) squares += (x - mean) ** 2;
  }
  const std = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
  return `${range} μ=${formatNumber(mean)} σ=${formatNumber(std)} `;
}

function flags(data: ArrayLike<number>): string {
  let [nan, infinite] = [false, false];
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    nan ||= Number.isNaN(x);
    infinite ||= x === Infinity || x === -Infinity;
  }
  return `${nan ? "NaN! " : ""}${infinite ? "Inf! " : ""}`;
}

function formatNumber(x: number): string {
  if (Number.isInteger(x) && Math.abs(x) < 1e6) return Object.is(x, -0) ? "-0" : String(x);
  const magnitude = Math.abs(x);
  return magnitude >= 1e-3 && magnitude < 1e6 ? x.toFixed(3) : x.toExponential(2);
}
