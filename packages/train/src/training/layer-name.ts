import type { AnyModule } from "@tapegrad/nn";

/** Path and class of a part of a net: `0 (Dense)`; the class alone of the net itself. */
export function layerName(path: string, { constructor }: AnyModule): string {
  return path === "" ? constructor.name : `${path} (${constructor.name})`;
}
