import { detectFeatures } from "@tapegrad/simd";
import type { Shape, Tensor, TypedArray } from "@tapegrad/tensor";
import {
  changeCount,
  compiledShape,
  copyArray,
  fromData,
  type LazyGrad,
  sizeOf,
  type Storage,
} from "@tapegrad/tensor/internal";
import type { Value } from "../graph/graph.ts";
import { runReference } from "../schedule/run-reference.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { PlanSummary } from "../summary/plan-summary.ts";
import type { BuildOptions, Executable } from "../target.ts";
import { type Input, inputsOf, lastCopies, writtenGrads } from "./memory/boundary.ts";
import { type GradPlace, gradPlaceOf } from "./memory/grad-places.ts";
import { type MemoryPlan, planMemory } from "./memory/memory-plan.ts";
import { type HeapPlace, viewOf, wasmHeap } from "./memory/wasm-heap.ts";
import { compilePlan, instantiatePlan, type Run } from "./plan-code.ts";
import { planKernels } from "./planned-kernel.ts";
import { describePlan } from "./summary/describe-plan.ts";
import { defineBarrier } from "./threads/barrier.ts";
import { chooseThreads } from "./threads/choose-threads.ts";
import { controlBlock } from "./threads/control-block.ts";
import { type PooledRun, threadPool } from "./threads/pool.ts";
import { sharedWork } from "./threads/shared-work.ts";
import { ThreadTuner } from "./threads/thread-tuner.ts";

/** What a plan holds outside the reach of the garbage collector, besides its part in the arena. */
interface Holdings {
  pooled: Pick<PooledRun, "id" | "knownAfter"> | undefined;
}

/** Gives back what a plan held that nobody can run any more. */
const collected: FinalizationRegistry<Holdings> = new FinalizationRegistry<Holdings>(giveBack);

function giveBack({ pooled }: Holdings): void {
  if (pooled !== undefined) threadPool().release(pooled);
  wasmHeap().arena.leave();
}

/** A tensor that a call gives: a copy of the elements that are behind a value. */
interface Result {
  readonly base: Value;
  readonly shape: Shape;
}

/** A scheduled graph as modules with their memory: ready to run. */
export class WasmExecutable implements Executable {
  readonly schedule: Schedule;
  readonly memory: MemoryPlan;
  readonly summary: PlanSummary;
  readonly #moduleBytes: number | undefined;
  /** What is read, in memory and by the plan itself, that no kernel writes. */
  readonly #arguments: readonly Input<"argument">[];
  readonly #gradInputs: readonly Input<"grad">[];
  readonly #stateInputs: readonly Input<"state">[];
  readonly #constants: readonly Input<"constant">[];
  readonly #results: readonly Result[];
  readonly #places = new Map<Value, number>();
  readonly #views = new Map<Value, TypedArray>();
  /** Captured tensors and the places that they have in the memory. */
  readonly #states = new Map<Storage, HeapPlace>();
  /** How many changes there had been when they were all there. */
  #changes = -1;
  /** Those of them that change. */
  readonly #updated: readonly Storage[];
  /** Where the gradients go that the plan computes. */
  readonly #grads = new Map<Tensor, GradPlace>();
  /** What leaves have for gradients after a call. */
  readonly #leafGrads: readonly { readonly leaf: Tensor; readonly grad: LazyGrad | undefined }[];
  /** Where the arena was when the code was made, which is 0 for plans that need none; undefined before. */
  #arena: number | undefined;
  #run: Run = () => {};
  /** The plan as its workers know it; undefined if it runs on one thread. */
  #pooled: PooledRun | undefined;
  /** Decides how many threads run a call, where that was left open. */
  readonly #tuner: ThreadTuner | undefined;
  readonly #holdings: Holdings = { pooled: undefined };
  #lastThreads = 1;

  /** @param moduleBytes the size at which its code is split; for tests */
  constructor(schedule: Schedule, { deterministic, threads }: BuildOptions, moduleBytes?: number) {
    this.schedule = schedule;
    this.#moduleBytes = moduleBytes;
    this.#arguments = inputsOf(schedule, "argument");
    this.#gradInputs = inputsOf(schedule, "grad");
    this.#stateInputs = inputsOf(schedule, "state");
    this.#constants = inputsOf(schedule, "constant");
    this.#results = schedule.graph.results.map((value) => ({
      base: this.#baseOf(value),
      shape: compiledShape(value.shape),
    }));
    const fma = !deterministic && detectFeatures().relaxedSimd;
    const planned = planKernels(schedule.kernels, fma);
    const mostThreads = chooseThreads(threads, sharedWork(planned));
    this.memory = planMemory(schedule, planned, mostThreads, this.#placeGrads());
    this.summary = describePlan(this);
    this.#placeStates();
    this.#updated = [...schedule.graph.updates.keys()];
    this.#leafGrads = schedule.graph.grads.map(({ leaf, value }) => ({
      leaf,
      grad: value && this.#grads.get(leaf)!.grad,
    }));
    if (threads === "auto" && this.threads > 1) this.#tuner = new ThreadTuner(this.threads);
    const { arena } = wasmHeap();
    arena.join();
    try {
      this.#enterArena();
    } catch (error) {
      arena.leave();
      throw error;
    }
    collected.register(this, this.#holdings, this);
  }

  /** Bytes of the memory that is used anew by every call. */
  get arenaBytes(): number {
    return this.memory.arenaBytes;
  }

  /** The most threads that run it. */
  get threads(): number {
    return this.memory.threads;
  }

  /** The threads that are there to run the next call; workers need a moment to start. */
  get threadsReady(): number {
    return this.#pooled === undefined ? 1 : 1 + threadPool().ready(this.#pooled);
  }

  /** The threads that ran the last call. */
  get lastThreads(): number {
    return this.#lastThreads;
  }

  call(tensors: readonly Tensor[]): Tensor[] {
    const { graph } = this.schedule;
    this.#enterArena();
    if (this.#changes !== changeCount()) this.#moveStatesIn();
    this.#fill(tensors);
    if (this.#pooled === undefined) this.#run(0, 1);
    else this.#runTogether(this.#pooled, () => this.#fill(tensors));
    for (const storage of this.#updated) storage.version++;
    for (const { leaf, grad } of this.#leafGrads) leaf["rawGrad"] = grad;
    for (const { argument, value } of graph.argumentGrads) {
      tensors[argument]!.grad = value && this.#copyOf(this.#baseOf(value), value.shape);
    }
    return this.#results.map(({ base, shape }) => this.#copyOf(base, shape));
  }

  free(): void {
    collected.unregister(this);
    giveBack(this.#holdings);
  }

  /** Makes the arena this plan's: code for where it is, and constants in it. */
  #enterArena(): void {
    const { arena } = wasmHeap();
    if (arena.owner === this.#holdings) return;
    arena.reserve(this.memory.arenaBytes);
    if (arena.address !== this.#arena) this.#link(arena.address);
    for (const value of this.#constants) this.#viewOf(value).set(value.from.data);
    arena.owner = this.#holdings;
  }

  /** Makes the code for an arena at an address. */
  #link(address: number): void {
    const { heap } = wasmHeap();
    const { kernels, offsets, parts, scratch, inPlace } = this.memory;
    for (const [value, offset] of offsets) this.#places.set(value, address + offset);
    for (const [value, { whole, offset }] of parts) this.#places.set(value, this.#addressOf(whole) + offset);
    this.#views.clear();
    const addressOf = (value: Value): number => this.#addressOf(value);
    const modules = compilePlan(
      {
        kernels,
        addressOf,
        scratch: scratch.map((offset) => address + offset),
        copies: lastCopies(
          this.schedule,
          addressOf,
          (leaf) => this.#gradAddress(leaf),
          (storage) => this.#stateAddress(storage),
        ),
        memory: heap.limits,
        barrier: this.threads === 1 ? undefined : (module) => defineBarrier(module, controlBlock().address),
      },
      this.#moduleBytes,
    );
    const reference = (index: number): void => {
      const kernel = kernels[index];
      if (kernel?.kind === "routine") runReference(kernel.kernel, (value) => this.#viewOf(value));
    };
    this.#run = instantiatePlan(modules, { memory: heap.memory, reference });
    this.#arena = address;
    if (this.threads === 1) return;
    if (this.#holdings.pooled !== undefined) threadPool().release(this.#holdings.pooled);
    // What was written where a call reads it cannot be read again.
    const restartable = inPlace.size === 0 && this.#gradInputs.length === 0;
    this.#pooled = threadPool().add({ modules, run: this.#run, reference, restartable }, this.threads);
    const { id, knownAfter } = this.#pooled;
    this.#holdings.pooled = { id, knownAfter };
  }

  #runTogether(pooled: PooledRun, refill: () => void): void {
    const tuner = this.threadsReady === this.threads ? this.#tuner : undefined;
    const start = tuner && performance.now();
    this.#lastThreads = threadPool().run(pooled, tuner?.threads ?? this.threads, refill);
    if (start !== undefined) tuner?.record(performance.now() - start);
  }

  /** Captured tensors may have been given other arrays: the code expects their elements where they were. */
  #moveStatesIn(): void {
    for (const [storage, place] of this.#states) {
      if (storage.data !== place.view) wasmHeap().moveIn(storage, place);
    }
    this.#changes = changeCount();
  }

  /** Copies what each call brings to its place. */
  #fill(tensors: readonly Tensor[]): void {
    for (const value of this.#arguments) this.#viewOf(value).set(tensors[value.from.index]!["elements"]);
    for (const value of this.#gradInputs)
      this.#viewOf(value).set((value.from.leaf["rawGrad"] as Tensor | LazyGrad).data);
  }

  #copyOf(base: Value, shape: Shape): Tensor {
    return fromData(copyArray(base.dtype, this.#viewOf(base)), shape, base.dtype);
  }

  #baseOf(value: Value): Value {
    return this.schedule.views.of(value).base;
  }

  /** Finds places for the gradients; gives those that kernels write there by themselves. */
  #placeGrads(): ReadonlySet<Value> {
    for (const { leaf, value } of this.schedule.graph.grads) {
      if (value !== undefined) this.#grads.set(leaf, gradPlaceOf(leaf));
    }
    const written = writtenGrads(this.schedule);
    for (const [value, leaf] of written) this.#places.set(value, this.#gradAddress(leaf));
    return new Set(written.keys());
  }

  #placeStates(): void {
    const stored = this.#stateInputs.map(({ from }) => from.storage);
    for (const storage of new Set([...stored, ...this.schedule.graph.updates.keys()])) {
      this.#states.set(storage, wasmHeap().moveIn(storage));
    }
    for (const value of this.#stateInputs) this.#places.set(value, this.#stateAddress(value.from.storage));
    for (const [value, storage] of this.memory.inPlace) this.#places.set(value, this.#stateAddress(storage));
  }

  #stateAddress(storage: Storage): number {
    return this.#states.get(storage)!.address;
  }

  #gradAddress(leaf: Tensor): number {
    return this.#grads.get(leaf)!.address;
  }

  #addressOf(value: Value): number {
    const address = this.#places.get(value);
    if (address === undefined)
      throw new Error(`WasmExecutable: a value of shape [${value.shape.join(", ")}] has no place.`);
    return address;
  }

  #viewOf(value: Value): TypedArray {
    let view = this.#views.get(value);
    if (view === undefined || (view.length === 0 && sizeOf(value.shape) > 0)) {
      view = viewOf(wasmHeap().heap.memory, value.dtype, this.#addressOf(value), sizeOf(value.shape));
      this.#views.set(value, view);
    }
    return view;
  }
}
