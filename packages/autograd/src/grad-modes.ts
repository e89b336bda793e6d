import { expectFunction, expectNothing, gradMode, withGradMode } from "@tapegrad/tensor/internal";

/**
 * Runs `fn` without recording: its results require no gradients.
 *
 * @example
 * noGrad(() => tensor([1], { requiresGrad: true }).mul(2)).requiresGrad; // => false
 */
export function noGrad<T>(fn: () => T, ...none: []): T {
  expectNothing("noGrad", none);
  expectFunction("noGrad", "fn", fn);
  return withGradMode(false, fn);
}

/** Runs `fn` with recording switched on again inside {@link noGrad}. */
export function enableGrad<T>(fn: () => T, ...none: []): T {
  expectNothing("enableGrad", none);
  expectFunction("enableGrad", "fn", fn);
  return withGradMode(true, fn);
}

/**
 * Runs `fn`, forward and backward, with every gradient checked for NaN. The error names the
 * operation whose gradient was NaN first and where it was called. Slow: for debugging only.
 *
 * @throws {GradError} `Function 'sqrt' returned NaN in gradient 0. ...`
 */
export function detectAnomaly<T>(fn: () => T, ...none: []): T {
  expectNothing("detectAnomaly", none);
  expectFunction("detectAnomaly", "fn", fn);
  const before = gradMode.traceCalls;
  gradMode.traceCalls = true;
  try {
    return fn();
  } finally {
    gradMode.traceCalls = before;
  }
}
