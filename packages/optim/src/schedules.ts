import { resolveName } from "@tapegrad/tensor/internal";
import { ConstantLR } from "./schedules/constant-lr.ts";
import { CosineAnnealingLR } from "./schedules/cosine-annealing-lr.ts";
import { CosineAnnealingWarmRestarts } from "./schedules/cosine-annealing-warm-restarts.ts";
import { CyclicLR } from "./schedules/cyclic-lr.ts";
import { ExponentialLR } from "./schedules/exponential-lr.ts";
import { LambdaLR } from "./schedules/lambda-lr.ts";
import { LinearLR } from "./schedules/linear-lr.ts";
import { MultiplicativeLR } from "./schedules/multiplicative-lr.ts";
import { MultiStepLR } from "./schedules/multi-step-lr.ts";
import { OneCycleLR } from "./schedules/one-cycle-lr.ts";
import { PolynomialLR } from "./schedules/polynomial-lr.ts";
import type { AnyOptimizer, Schedule } from "./schedules/schedule.ts";
import { StepLR } from "./schedules/step-lr.ts";
import { SWALR } from "./schedules/swa-lr.ts";

/** Makes a schedule; its options are checked by its table. */
type ScheduleClass = new (optimizer: AnyOptimizer, options: never) => Schedule;

/** Every schedule by its name, but those that are made of others. */
export const schedules: { readonly [name: string]: ScheduleClass } = {
  stepLR: StepLR,
  multiStepLR: MultiStepLR,
  exponentialLR: ExponentialLR,
  cosineAnnealingLR: CosineAnnealingLR,
  cosineAnnealingWarmRestarts: CosineAnnealingWarmRestarts,
  oneCycleLR: OneCycleLR,
  cyclicLR: CyclicLR,
  linearLR: LinearLR,
  constantLR: ConstantLR,
  polynomialLR: PolynomialLR,
  lambdaLR: LambdaLR,
  multiplicativeLR: MultiplicativeLR,
  swaLR: SWALR,
};

/**
 * What makes the schedule of a name (case does not matter) for an optimizer.
 *
 * @param fn name of the function that was called, for the message
 * @param kind what could stand in place of the name
 * @throws {ValueError} `LearningRateSchedule: expected a Schedule, a function or one of stepLR, …, got "step". Did you mean "stepLR"?`
 */
export function resolveSchedule(
  fn: string,
  kind: string,
  name: string,
): (optimizer: AnyOptimizer, options: object) => Schedule {
  const Class = resolveName(fn, kind, schedules, name);
  return (optimizer, options) => new Class(optimizer, options as never);
}
