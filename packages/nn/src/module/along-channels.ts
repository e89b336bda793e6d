import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape } from "@tapegrad/tensor/internal";

/**
 * A parameter of an activation, one number for all or one for each channel of axis 1, as it broadcasts to `x`.
 *
 * @throws {ShapeError} if it is neither
 */
export function alongChannels(fn: string, name: string, parameter: Tensor, x: Tensor): Tensor {
  if (parameter.size === 1) return parameter.reshape([]);
  const channels = x.ndim < 2 ? 1 : x.shape[1]!;
  if (parameter.ndim === 1 && parameter.size === channels) {
    return parameter.reshape([channels, ...x.shape.slice(2).map(() => 1)]);
  }
  throw new ShapeError(
    `${fn}: expected a ${name} of 1 or ${channels} elements for input of shape ${formatShape(x.shape)}, ` +
      `got shape ${formatShape(parameter.shape)}.`,
  );
}
