import type { DType, TypedArray } from "@tapegrad/tensor";
import { dtypes, markMemory, replaceArray, type Storage } from "@tapegrad/tensor/internal";
import { Heap } from "./heap.ts";
import { SharedArena } from "./shared-arena.ts";

let shared: WasmHeap | undefined;

/** The tensors that live in the memory of compiled functions, all in one memory so that functions can share them. */
export function wasmHeap(): WasmHeap {
  shared ??= new WasmHeap(new Heap());
  return shared;
}

/** A place in the heap for an array, for as long as somebody holds it or its view. */
export interface HeapPlace {
  readonly address: number;
  /** The elements there. Another array than before when a memory that is not shared has grown. */
  readonly view: TypedArray;
}

/** Keeps captured tensors in a heap and frees their place when nobody holds them any more. */
export class WasmHeap {
  readonly heap: Heap;
  readonly arena: SharedArena;
  readonly #places = new WeakMap<TypedArray, HeapPlace>();
  /** Where tensors were last, which users may have taken out since: they come back there. */
  readonly #homes = new WeakMap<Storage, WeakRef<HeapPlace>>();
  /** Whose views must be renewed when a memory that is not shared grows. */
  readonly #storages = new Set<WeakRef<Storage>>();
  readonly #registry = new FinalizationRegistry<number>((address) => this.heap.free(address));

  constructor(heap: Heap) {
    this.heap = heap;
    this.arena = new SharedArena(heap);
    heap.onMove(() => this.#renew());
  }

  /**
   * Where a tensor's elements are, which move into the heap unless they are there already.
   *
   * @param to where they must be; wherever there is room unless given
   */
  moveIn(storage: Storage, to?: HeapPlace): HeapPlace {
    const data = storage.data as TypedArray;
    const present = this.#places.get(data);
    const place = to ?? present ?? this.#homeOf(storage) ?? this.create(storage.dtype, data.length);
    if (place !== present) place.view.set(data);
    if (storage.data !== place.view) replaceArray(storage, place.view);
    if (place === present) return place;
    if (!this.heap.shared && !this.#homes.has(storage)) this.#storages.add(new WeakRef(storage));
    this.#homes.set(storage, new WeakRef(place));
    return place;
  }

  /** A place for a new array, which is freed with it. */
  create(dtype: DType, size: number): HeapPlace {
    const address = this.heap.allocate(size * dtypes[dtype].bytes);
    const place = new Place(address, size, () => {
      const view = viewOf(this.heap.memory, dtype, address, size);
      markMemory(view.buffer);
      this.#places.set(view, place);
      return view;
    });
    this.#registry.register(place, address);
    return place;
  }

  /** Where a tensor was, if that still fits. */
  #homeOf(storage: Storage): HeapPlace | undefined {
    const place = this.#homes.get(storage)?.deref();
    const fits = place?.view.length === storage.data?.length && place?.view instanceof dtypes[storage.dtype].array;
    return fits ? place : undefined;
  }

  // Growing a memory that is not shared takes its old views away.
  #renew(): void {
    for (const entry of this.#storages) {
      const storage = entry.deref();
      if (storage === undefined) this.#storages.delete(entry);
      else replaceArray(storage, this.#places.get(storage.data as TypedArray)?.view ?? (storage.data as TypedArray));
    }
  }
}

/** A place whose view is made again when its buffer has gone. */
class Place implements HeapPlace {
  readonly address: number;
  readonly #size: number;
  readonly #makeView: () => TypedArray;
  #view: TypedArray | undefined;

  constructor(address: number, size: number, makeView: () => TypedArray) {
    this.address = address;
    this.#size = size;
    this.#makeView = makeView;
  }

  get view(): TypedArray {
    // A view has no elements any more when its buffer has gone.
    if (this.#view?.length !== this.#size) this.#view = this.#makeView();
    return this.#view;
  }
}

/** Elements at an address. */
export function viewOf(memory: WebAssembly.Memory, dtype: DType, address: number, size: number): TypedArray {
  return new dtypes[dtype].array(memory.buffer, address, size);
}
