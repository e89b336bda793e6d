import { CompileError, type Tensor } from "@tapegrad/tensor";
import { dtypes, sizeOf, type Storage } from "@tapegrad/tensor/internal";
import type { Value } from "../../graph/graph.ts";
import type { WasmPlace } from "../../loader.ts";
import type { Schedule } from "../../schedule/schedule.ts";
import { aligned, alignment } from "../alignment.ts";
import { type Copy, type Input, inputsOf, lastCopies, writtenGrads } from "../memory/boundary.ts";
import { planMemory } from "../memory/memory-plan.ts";
import type { PlannedKernel } from "../planned-kernel.ts";

/** A place without its address. */
export type Placed = Omit<WasmPlace, "address" | "length">;

/** Where `run` keeps which check has failed; the first line of the memory is its own. */
export const statusAddress = 0;

const mostBytes = 2 ** 32;

/**
 * Addresses for a module with a memory of its own: what the host reads and writes lies at the start and keeps its place,
 * the arena behind it.
 */
export class ExportLayout {
  readonly constants: readonly Input<"constant">[];
  readonly gradInputs: readonly Input<"grad">[];
  /** The captured tensors that are read or assigned to, with their shapes. */
  readonly storages: ReadonlyMap<Storage, readonly number[]>;
  /** The leaves whose gradients are read or written. */
  readonly leaves: ReadonlySet<Tensor>;
  readonly inputs: readonly WasmPlace[];
  /** The kernels that have something to do. */
  readonly kernels: readonly PlannedKernel[];
  /** The address of each kernel's scratch memory. */
  readonly scratch: readonly number[];
  /** Bytes in use. */
  readonly end: number;
  readonly #schedule: Schedule;
  readonly #places = new Map<Value, number>();
  readonly #storages = new Map<Storage, number>();
  readonly #grads = new Map<Tensor, number>();

  /** @param inputs all tensors among the arguments, with the gradients that some of them have */
  constructor(schedule: Schedule, planned: readonly PlannedKernel[], inputs: readonly Placed[]) {
    const { graph } = schedule;
    const states = inputsOf(schedule, "state");
    this.#schedule = schedule;
    this.constants = inputsOf(schedule, "constant");
    this.gradInputs = inputsOf(schedule, "grad");
    this.storages = new Map([
      ...states.map(({ from, shape }) => [from.storage, shape] as const),
      ...[...graph.updates].map(([storage, { shape }]) => [storage, shape] as const),
    ]);
    const given = graph.grads.flatMap(({ leaf, value }) => (value === undefined ? [] : [leaf]));
    this.leaves = new Set([...this.gradInputs.map(({ from }) => from.leaf), ...given]);

    let end = alignment;
    const reserve = (bytes: number): number => {
      const address = end;
      end += aligned(bytes);
      return address;
    };
    this.inputs = inputs.map((input) => {
      const length = sizeOf(input.shape);
      return { ...input, address: reserve(length * dtypes[input.dtype].bytes), length };
    });
    for (const storage of this.storages.keys()) this.#storages.set(storage, reserve(storage.data!.byteLength));
    for (const leaf of this.leaves) this.#grads.set(leaf, reserve(leaf.size * dtypes[leaf.dtype].bytes));

    const read = inputsOf(schedule, "argument");
    for (const value of read) this.#places.set(value, this.inputs[value.from.index]!.address);
    for (const value of states) this.#places.set(value, this.stateAddress(value.from.storage));
    const written = writtenGrads(schedule);
    for (const [value, leaf] of written) this.#places.set(value, this.gradAddress(leaf));
    const memory = planMemory(schedule, planned, 1, new Set<Value>([...read, ...written.keys()]));
    const arena = reserve(memory.arenaBytes);
    for (const [value, offset] of memory.offsets) this.#places.set(value, arena + offset);
    for (const [value, { whole, offset }] of memory.parts) this.#places.set(value, this.addressOf(whole) + offset);
    for (const [value, storage] of memory.inPlace) this.#places.set(value, this.stateAddress(storage));
    this.kernels = memory.kernels;
    this.scratch = memory.scratch.map((offset) => arena + offset);
    this.end = end;
    if (end > mostBytes) {
      const size = (end / 2 ** 30).toFixed(2);
      throw new CompileError(
        `exportWasm: expected a function whose memory fits into 4 GiB, got a need for ${size} GiB. Use a smaller batch.`,
      );
    }
  }

  readonly addressOf = (value: Value): number => this.#places.get(value)!;
  readonly stateAddress = (storage: Storage): number => this.#storages.get(storage)!;
  readonly gradAddress = (leaf: Tensor): number => this.#grads.get(leaf)!;

  /** Where the elements of a value lie that the function gives. */
  resultAddress(value: Value): number {
    return this.addressOf(this.#schedule.views.of(value).base);
  }

  /** What begins a run: gradients that are read may be written as well. */
  get firstCopies(): Copy[] {
    return this.gradInputs.map((value) => ({
      from: this.gradAddress(value.from.leaf),
      to: this.addressOf(value),
      bytes: sizeOf(value.shape) * dtypes[value.dtype].bytes,
    }));
  }

  /** What ends one. */
  get lastCopies(): Copy[] {
    return lastCopies(this.#schedule, this.addressOf, this.gradAddress, this.stateAddress);
  }
}
