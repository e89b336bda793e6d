import { type DType, Tensor } from "@tapegrad/tensor";
import { copyArray, type LazyGrad } from "@tapegrad/tensor/internal";
import { wasmHeap } from "./wasm-heap.ts";

/** Where plans write the gradient of a leaf. */
export interface GradPlace {
  readonly dtype: DType;
  readonly address: number;
  /** What the leaf has after a call: it reads the place until a plan writes there again. */
  readonly grad: LazyGrad;
}

/** The places of leaves, for as long as a plan or a gradient holds them. */
const places = new WeakMap<Tensor, WeakRef<GradPlace>>();

/** The place of a leaf's gradient, the same for all plans: a call that writes there gives the leaf a new gradient. */
export function gradPlaceOf(leaf: Tensor): GradPlace {
  const known = places.get(leaf)?.deref();
  if (known?.dtype === leaf.dtype) return known;
  const place = newPlace(leaf);
  places.set(leaf, new WeakRef(place));
  return place;
}

function newPlace({ shape, size, dtype }: Tensor): GradPlace {
  const place = wasmHeap().create(dtype, size);
  const grad: LazyGrad = {
    get data() {
      return place.view;
    },
    toTensor() {
      // Not by an operation: a function that is traced now must not record it.
      return new Tensor({ dtype, data: copyArray(dtype, this.data), version: 0 }, shape);
    },
  };
  return { dtype, address: place.address, grad };
}
