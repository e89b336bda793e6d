import { detectFeatures } from "@tapegrad/simd";
import { Tensor, type TypedArray } from "@tapegrad/tensor";
import { dtypes, fromData, type LazyGrad, sizeOf, type Storage } from "@tapegrad/tensor/internal";
import { outputsOf, type Value } from "../graph/graph.ts";
import { isCheck } from "../schedule/kernel.ts";
import { readsOf, writesOf } from "../schedule/reads-and-writes.ts";
import { runReference } from "../schedule/run-reference.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { PlanSummary } from "../summary/plan-summary.ts";
import type { BuildOptions, Executable } from "../target.ts";
import { compileModule } from "./compile-module.ts";
import { emitModule } from "./emit-module.ts";
import { type MemoryPlan, planMemory } from "./memory/memory-plan.ts";
import { type Allocation, wasmHeap, viewOf } from "./memory/wasm-heap.ts";
import { planKernels } from "./planned-kernel.ts";
import { describePlan } from "./summary/describe-plan.ts";
import { defineBarrier } from "./threads/barrier.ts";
import { chooseThreads } from "./threads/choose-threads.ts";
import { controlBlock } from "./threads/control-block.ts";
import { type PooledRun, threadPool } from "./threads/pool.ts";
import { sharedWork } from "./threads/shared-work.ts";
import { ThreadTuner } from "./threads/thread-tuner.ts";

/** What a plan holds outside the reach of the garbage collector. */
interface Holdings {
  readonly arena: number;
  readonly pooled: Pick<PooledRun, "id" | "knownAfter"> | undefined;
}

/** Gives back what a plan held that nobody can run any more. */
const collected: FinalizationRegistry<Holdings> = new FinalizationRegistry<Holdings>(giveBack);

function giveBack({ arena, pooled }: Holdings): void {
  if (pooled !== undefined) threadPool().release(pooled);
  wasmHeap().heap.free(arena);
}

/** A scheduled graph as a module with its memory: ready to run. */
export class WasmExecutable implements Executable {
  readonly schedule: Schedule;
  readonly memory: MemoryPlan;
  readonly summary: PlanSummary;
  readonly #arena: number;
  readonly #addresses = new Map<Value, number>();
  readonly #views = new Map<Value, TypedArray>();
  /** Captured tensors and the arrays that they have in the memory. */
  readonly #states = new Map<Storage, TypedArray>();
  /** The gradients that the plan computes, in arrays of their own. */
  readonly #grads = new Map<Value, Allocation>();
  readonly #pending = new Map<Value, LazyGrad>();
  readonly #run: (thread: number, threads: number) => void;
  /** The plan as its workers know it; undefined if it runs on one thread. */
  readonly #pooled: PooledRun | undefined;
  /** Decides how many threads run a call, where that was left open. */
  readonly #tuner: ThreadTuner | undefined;
  #lastThreads = 1;

  constructor(schedule: Schedule, { deterministic, threads }: BuildOptions) {
    this.schedule = schedule;
    this.#placeGrads();
    const fma = !deterministic && detectFeatures().relaxedSimd;
    const planned = planKernels(schedule.kernels, fma);
    const mostThreads = chooseThreads(threads, sharedWork(planned));
    this.memory = planMemory(schedule, planned, mostThreads, this.#placedGrads());
    this.summary = describePlan(this);
    const { heap } = wasmHeap();
    this.#arena = heap.allocate(this.memory.arenaBytes);
    for (const [value, offset] of this.memory.offsets) this.#addresses.set(value, this.#arena + offset);
    this.#placeStates();
    this.#writeConstants();
    const { kernels, scratch } = this.memory;
    const module = emitModule({
      kernels,
      addressOf: (value) => this.#addressOf(value),
      scratch: scratch.map((offset) => this.#arena + offset),
      copies: this.#copies(),
      memory: heap.limits,
      barrier: this.threads === 1 ? undefined : (module) => defineBarrier(module, controlBlock().address),
    });
    const reference = (index: number): void => {
      const kernel = kernels[index];
      if (kernel?.kind === "routine") runReference(kernel.kernel, (value) => this.#viewOf(value));
    };
    let compiled: WebAssembly.Module;
    try {
      compiled = compileModule(module, kernels.length);
    } catch (error) {
      heap.free(this.#arena);
      throw error;
    }
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory: heap.memory, reference } });
    const run = exports["run"] as (thread: number, threads: number) => void;
    this.#run = run;
    if (this.threads > 1) {
      const restartable = this.memory.inPlace.size === 0;
      this.#pooled = threadPool().add({ module: compiled, run, reference, restartable }, this.threads);
      if (threads === "auto") this.#tuner = new ThreadTuner(this.threads);
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
    for (const [storage, view] of this.#states) if (storage.data !== view) this.#bringBack(storage, view);
    this.#fill(tensors);
    if (this.#pooled === undefined) this.#run(0, 1);
    else this.#runTogether(this.#pooled, () => this.#fill(tensors));
    for (const storage of graph.updates.keys()) storage.version++;
    for (const { leaf, value } of graph.grads) leaf.rawGrad = value && this.#gradOf(value);
    for (const { argument, value } of graph.argumentGrads) {
      tensors[argument]!.grad = value && this.#gradOf(value).toTensor();
    }
    return graph.results.map((value) => fromData(this.#viewOf(this.#baseOf(value)).slice(), value.shape, value.dtype));
  }

  free(): void {
    collected.unregister(this);
    giveBack(this.#holdings);
  }

  get #holdings(): Holdings {
    const pooled = this.#pooled && { id: this.#pooled.id, knownAfter: this.#pooled.knownAfter };
    return { arena: this.#arena, pooled };
  }

  #runTogether(pooled: PooledRun, refill: () => void): void {
    const tuner = this.threadsReady === this.threads ? this.#tuner : undefined;
    const start = tuner && performance.now();
    this.#lastThreads = threadPool().run(pooled, tuner?.threads ?? this.threads, refill);
    if (start !== undefined) tuner?.record(performance.now() - start);
  }

  /** Copies what each call brings to its place. */
  #fill(tensors: readonly Tensor[]): void {
    for (const value of this.#inputs) {
      const { from } = value;
      if (from.kind === "argument") this.#viewOf(value).set(tensors[from.index]!.elements);
      else if (from.kind === "grad") this.#viewOf(value).set((from.leaf.rawGrad as Tensor | LazyGrad).data);
    }
  }

  #baseOf(value: Value): Value {
    return this.schedule.views.of(value).base;
  }

  /** What is read: from memory, and by the plan itself. */
  get #inputs(): ReadonlySet<Value> {
    this.#read ??= new Set([
      ...this.schedule.kernels.flatMap(readsOf),
      ...outputsOf(this.schedule.graph).map((value) => this.#baseOf(value)),
    ]);
    return this.#read;
  }
  #read: Set<Value> | undefined;

  #placeGrads(): void {
    const { graph } = this.schedule;
    for (const { value } of [...graph.grads, ...graph.argumentGrads]) {
      if (value === undefined) continue;
      const base = this.#baseOf(value);
      if (this.#grads.has(base)) continue;
      this.#grads.set(base, wasmHeap().create(value.dtype, sizeOf(value.shape)));
    }
  }

  /** The gradients that kernels may write to their place: nothing can fail any more by then. */
  #placedGrads(): ReadonlySet<Value> {
    const { kernels } = this.schedule;
    const late = kernels.slice(kernels.findLastIndex(isCheck) + 1).flatMap(writesOf);
    const placed = new Set(late.filter((value) => this.#grads.has(value)));
    for (const value of placed) this.#addresses.set(value, this.#grads.get(value)!.address);
    return placed;
  }

  #placeStates(): void {
    const stored = [...this.#inputs].flatMap(({ from }) => (from.kind === "state" ? [from.storage] : []));
    for (const storage of new Set([...stored, ...this.schedule.graph.updates.keys()])) {
      wasmHeap().moveIn(storage);
      this.#states.set(storage, storage.data as TypedArray);
    }
    for (const value of this.#inputs) {
      if (value.from.kind === "state") this.#addresses.set(value, this.#stateAddress(value.from.storage));
    }
    for (const [value, storage] of this.memory.inPlace) this.#addresses.set(value, this.#stateAddress(storage));
  }

  #stateAddress(storage: Storage): number {
    return wasmHeap().addressOf(this.#states.get(storage)!) as number;
  }

  #writeConstants(): void {
    for (const value of this.#inputs) if (value.from.kind === "constant") this.#viewOf(value).set(value.from.data);
  }

  /** What must still be copied when all kernels have run. */
  #copies(): { from: number; to: number; bytes: number }[] {
    const copies: { from: number; to: number; bytes: number }[] = [];
    const copy = (value: Value, to: number): void => {
      const from = this.#addressOf(this.#baseOf(value));
      if (from !== to) copies.push({ from, to, bytes: sizeOf(value.shape) * dtypes[value.dtype].bytes });
    };
    for (const [base, grad] of this.#grads) copy(base, grad.address);
    for (const [storage, value] of this.schedule.graph.updates) copy(value, this.#stateAddress(storage));
    return copies;
  }

  /** A captured tensor was given another array: its elements come back to where the code expects them. */
  #bringBack(storage: Storage, view: TypedArray): void {
    const current = storage.data as TypedArray;
    if (wasmHeap().heap.shared || wasmHeap().addressOf(current) === undefined) {
      view.set(current);
      storage.data = view;
    } else this.#states.set(storage, current);
  }

  /** A gradient that is read from its place until the plan runs again. */
  #gradOf(value: Value): LazyGrad {
    let pending = this.#pending.get(value);
    if (pending === undefined) this.#pending.set(value, (pending = this.#lazyGrad(value)));
    return pending;
  }

  #lazyGrad(value: Value): LazyGrad {
    const { shape, dtype } = value;
    const { address, view } = this.#grads.get(this.#baseOf(value))!;
    const { heap } = wasmHeap();
    return {
      get data() {
        // Holding the first view keeps the place.
        return view.length > 0 ? view : viewOf(heap.memory, dtype, address, sizeOf(shape));
      },
      toTensor() {
        // Not by an operation: a function that is traced now must not record it.
        return new Tensor({ dtype, data: this.data.slice(), version: 0 }, shape);
      },
    };
  }

  #addressOf(value: Value): number {
    const address = this.#addresses.get(value);
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
