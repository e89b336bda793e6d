import type { Module, StateDict } from "@tapegrad/nn";
import type { Optimizer, OptimizerState } from "@tapegrad/optim";
import { assign, defaultGenerator, type GeneratorState, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectValue, quoted, ranges, settleState } from "@tapegrad/tensor/internal";
import type { Callback } from "../training/callback.ts";
import type { BatchSource } from "./batch-source.ts";
import type { PendingNotice } from "./callback-list.ts";
import type { Figures, FiguresState } from "./figures.ts";
import type { History } from "../training/history.ts";
import { figureLists, type FigureTensors, savedFigures, singleFigures } from "./saved-figures.ts";
import { snapshot } from "@tapegrad/io/internal";
import type { Steps } from "./steps.ts";

/** Where a training stands. */
export interface Position {
  /** The epoch that runs, or comes next. */
  epoch: number;
  /** Batches of it that are done. */
  batch: number;
  /** Whether the epoch has begun. */
  begun: boolean;
  /** Batches in the group whose gradients are being added up. */
  inGroup: number;
  /** Updates of the weights so far. */
  updates: number;
}

/** Everything that `fit` needs to go on where it was taken: tensors and JSON. */
export interface FitState {
  readonly position: Readonly<Position>;
  readonly net: StateDict;
  readonly optimizer: OptimizerState;
  readonly figures: FiguresState;
  /** States of where the batches come from; null for what has none. */
  readonly loader: object | null;
  readonly validation: object | null;
  /** States of the callbacks in their order; null for one without. */
  readonly callbacks: readonly (object | null)[];
  /** What some callbacks were still to be told. */
  readonly pending: (Omit<PendingNotice, "logs"> & { readonly logs: FigureTensors }) | null;
  readonly history: { readonly epoch: readonly number[]; readonly history: FigureTensors };
  /** The default generator, which dropout draws from. */
  readonly generator: GeneratorState;
  /** Sums of gradients of a group of batches that is not complete, by parameter, and its samples. */
  readonly gradients: { readonly [name: string]: Tensor };
  readonly samples: Tensor;
}

/** What a training works with. */
export interface TrainingParts {
  readonly net: Module;
  readonly optimizer: Optimizer;
  readonly figures: Figures;
  readonly steps: Steps;
  /** The batches, with the weights of their classes. */
  readonly source: BatchSource;
  /** What is validated on, if anything. */
  readonly validation: BatchSource | undefined;
  /** The callbacks of the user, whose states are saved. */
  readonly callbacks: readonly Callback[];
}

/** What a state is of. */
export interface RunParts extends TrainingParts {
  readonly history: History;
  readonly position: Position;
}

/** The state of a training; it shares nothing with what goes on changing. */
export function savedRun(run: RunParts, pending: PendingNotice | undefined): FitState {
  const { net, optimizer, figures, source, validation, callbacks, steps, history, position } = run;
  const gradients: { [name: string]: Tensor } = {};
  if (position.inGroup > 0) {
    for (const [name, { grad }] of net.namedParameters()) if (grad !== undefined) gradients[name] = grad;
  }
  return snapshot({
    position,
    net: net.stateDict(),
    optimizer: optimizer.stateDict(),
    figures: figures.stateDict(),
    loader: source.stateDict(),
    validation: validation?.stateDict() ?? null,
    callbacks: callbacks.map((callback) => callback.stateDict?.() ?? null),
    pending: pending === undefined ? null : { ...pending, logs: savedFigures({ ...pending.logs }) },
    history: { epoch: history.epoch, history: savedFigures(history.history) },
    generator: defaultGenerator().stateDict(),
    gradients,
    samples: steps.samples,
  });
}

/**
 * Makes a training stand where `given` was taken.
 *
 * @returns what some callbacks were still to be told
 * @throws {ValueError} if the state is of another training; nothing has changed then
 */
export function loadRun(run: RunParts, given: object): PendingNotice | undefined {
  const before = savedRun(run, undefined);
  const state = settleState<FitState>("Model.fit", given as FitState);
  const missing = Object.keys(before).find((key) => !(key in state));
  if (missing !== undefined) {
    throw new ValueError(
      `Model.fit: expected resume to be a state of Training.stateDict, got one without "${missing}".`,
    );
  }
  const { length } = run.callbacks;
  if (!Array.isArray(state.callbacks) || state.callbacks.length !== length) {
    throw new ValueError(
      `Model.fit: expected resume to be the state of a training with ${length} callbacks, got ${quoted(state.callbacks)}.`,
    );
  }
  checkPosition("Model.fit", state.position);
  try {
    load(run, state);
  } catch (error) {
    load(run, before);
    throw error;
  }
  const { pending } = state;
  return pending === null ? undefined : { ...pending, logs: singleFigures(pending.logs) };
}

function checkPosition(fn: string, position: Position): void {
  expectValue(fn, "resume.position", position, ranges.record);
  for (const name of ["epoch", "batch", "inGroup", "updates"] as const) {
    expectValue(fn, `resume.position.${name}`, position[name], ranges.whole(0));
  }
  expectValue(fn, "resume.position.begun", position.begun, ranges.flag);
}

function load(run: RunParts, state: FitState): void {
  const { net, optimizer, figures, source, validation, callbacks, steps, history, position } = run;
  net.loadStateDict(state.net);
  optimizer.loadStateDict(state.optimizer);
  figures.loadStateDict(state.figures);
  if (state.loader !== null) source.loadStateDict(state.loader);
  if (state.validation !== null) validation?.loadStateDict(state.validation);
  callbacks.forEach((callback, i) => {
    const saved = state.callbacks[i] ?? null;
    if (saved !== null) callback.loadStateDict?.(saved);
  });
  Object.assign(position, state.position);
  history.epoch.splice(0, Infinity, ...state.history.epoch);
  Object.assign(history.history, figureLists(state.history.history));
  defaultGenerator().loadStateDict(state.generator);
  assign(steps.samples, state.samples);
  for (const [name, parameter] of net.namedParameters()) parameter.grad = state.gradients[name];
}
