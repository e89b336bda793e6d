import type { DType, TypedArray } from "@tapegrad/tensor";
import { dtypes, type Storage } from "@tapegrad/tensor/internal";
import { Heap } from "./heap.ts";
import { SharedArena } from "./shared-arena.ts";

let shared: WasmHeap | undefined;

/** The tensors that live in the memory of compiled functions, all in one memory so that functions can share them. */
export function wasmHeap(): WasmHeap {
  shared ??= new WasmHeap(new Heap());
  return shared;
}

/** A place in the heap. */
export interface Allocation {
  readonly address: number;
  /** Holding it keeps the place. */
  readonly view: TypedArray;
}

/** Keeps captured tensors in a heap and frees their place when nobody holds them any more. */
export class WasmHeap {
  readonly heap: Heap;
  readonly arena: SharedArena;
  readonly #addresses = new WeakMap<TypedArray, number>();
  /** Whose views must be renewed when a memory that is not shared grows. */
  readonly #storages = new Set<{
    readonly storage: WeakRef<Storage>;
    readonly address: number;
    readonly size: number;
  }>();
  readonly #registry = new FinalizationRegistry<number>((address) => this.heap.free(address));

  constructor(heap: Heap) {
    this.heap = heap;
    this.arena = new SharedArena(heap);
    heap.onMove(() => this.#renew());
  }

  /** The address of a tensor's elements, which move here unless they are here already. */
  moveIn(storage: Storage): number {
    const data = storage.data as TypedArray;
    const known = this.#addresses.get(data);
    if (known !== undefined) return known;
    const { address, view } = this.create(storage.dtype, data.length);
    view.set(data);
    storage.data = view;
    this.track(storage);
    return address;
  }

  /** A new array in the heap, which is freed with it. */
  create(dtype: DType, size: number): Allocation {
    const address = this.heap.allocate(size * dtypes[dtype].bytes);
    const view = viewOf(this.heap.memory, dtype, address, size);
    this.#addresses.set(view, address);
    this.#registry.register(view, address, view);
    return { address, view };
  }

  /** Keeps the view of a storage in the heap valid. */
  track(storage: Storage): void {
    const address = storage.data === undefined ? undefined : this.#addresses.get(storage.data);
    if (this.heap.shared || storage.data === undefined || address === undefined) return;
    this.#storages.add({ storage: new WeakRef(storage), address, size: storage.data.length });
  }

  /** Where an array of the heap lies. */
  addressOf(data: TypedArray): number | undefined {
    return this.#addresses.get(data);
  }

  // Growing a memory that is not shared takes its old views away.
  #renew(): void {
    for (const entry of this.#storages) {
      const storage = entry.storage.deref();
      const before = storage?.data;
      if (storage === undefined || before === undefined || this.#addresses.get(before) !== entry.address) {
        this.#storages.delete(entry);
        continue;
      }
      const view = viewOf(this.heap.memory, storage.dtype, entry.address, entry.size);
      this.#registry.unregister(before);
      this.#addresses.set(view, entry.address);
      this.#registry.register(view, entry.address, view);
      storage.data = view;
    }
  }
}

/** Elements at an address. */
export function viewOf(memory: WebAssembly.Memory, dtype: DType, address: number, size: number): TypedArray {
  return new dtypes[dtype].array(memory.buffer, address, size);
}
