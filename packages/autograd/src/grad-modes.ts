import type { AnyResult } from "@tapegrad/tensor";
import { expectNothing, expectNoTrace, gradMode, withGradMode } from "@tapegrad/tensor/internal";
import { anomalyDetector } from "./anomaly-detector.ts";
import { runSync } from "./run-sync.ts";

/**
 * Runs `fn` without recording: its results require no gradients.
 *
 * @throws {ValueError} for an async function or a generator, which would go on after recording is on again
 * @example
 * noGrad(() => tensor([1], { requiresGrad: true }).mul(2)).requiresGrad; // => false
 */
export function noGrad<T extends AnyResult>(fn: () => T, ...none: []): T {
  expectNothing("noGrad", none);
  return runSync("noGrad", fn, () => withGradMode(false, fn));
}

/**
 * Runs `fn` with recording switched on again inside {@link noGrad}.
 *
 * @throws {ValueError} for an async function or a generator
 */
export function enableGrad<T extends AnyResult>(fn: () => T, ...none: []): T {
  expectNothing("enableGrad", none);
  return runSync("enableGrad", fn, () => withGradMode(true, fn));
}

/**
 * Runs `fn` and looks for NaN on every way back: first what the outputs hold and where that comes from, then each
 * gradient. The error names the operation that gave NaN first and the line of your code that called it. NaN that is
 * masked on the way forward is let pass. Slow: for debugging only. Compiled functions run as they are inside, operation
 * by operation.
 *
 * @throws {GradError} `Function 'sqrt' returned NaN in gradient 0. It was called at train.ts:12:7.`
 * @throws {ValueError} for an async function or a generator
 * @throws {CompileError} inside a compiled function, where there are no values to look at: it belongs around its call
 */
export function detectAnomaly<T extends AnyResult>(fn: () => T, ...none: []): T {
  expectNothing("detectAnomaly", none);
  expectNoTrace("detectAnomaly", "Put it around the call.");
  const before = gradMode.detector;
  return runSync("detectAnomaly", fn, () => {
    gradMode.detector = anomalyDetector;
    try {
      return fn();
    } finally {
      gradMode.detector = before;
    }
  });
}
