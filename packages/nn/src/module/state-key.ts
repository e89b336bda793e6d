/**
 * PyTorch's key for a path of field names: snake_case, joined by dots.
 *
 * @example
 * stateKey(["layers", "0", "runningMean"]); // => "layers.0.running_mean"
 */
export function stateKey(path: readonly string[]): string {
  return path.map((name) => name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, "_$&").toLowerCase()).join(".");
}
