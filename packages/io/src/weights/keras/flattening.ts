import { ShapeError, ValueError } from "@tapegrad/tensor";
import { formatShape, quoted, sizeOf } from "@tapegrad/tensor/internal";
import { describedLayer } from "./described-layer.ts";

/** Extents `[channels, ...]` of the images that were flattened, by the name of the layer behind. */
export type Flattened = Readonly<Record<string, readonly number[]>>;

/** What layers say of their inputs and outputs. */
interface Sized {
  readonly outChannels?: unknown;
  readonly inFeatures?: unknown;
  readonly features?: unknown;
}

/**
 * Follows images through a model to where they are flattened: there Keras, which has channels last, has another order of
 * features, and nothing but the extents tells which.
 */
export class Flattening {
  readonly #fn: string;
  readonly #given: Flattened;
  readonly #open: Set<string>;
  /** Channels of the images at this place, until they are no images any more. */
  #channels: number | undefined;
  #isFlat = false;

  constructor(fn: string, given: Flattened) {
    this.#fn = fn;
    this.#given = given;
    this.#open = new Set(Object.keys(given));
  }

  /**
   * The extents that the inputs of a layer were flattened from, if it matters.
   *
   * @throws {ShapeError} when they are not known, or are others
   */
  before(name: string, layer: object): readonly number[] | undefined {
    const { outChannels, inFeatures, features = inFeatures } = layer as Sized;
    if (layer.constructor.name === "Flatten") this.#isFlat = true;
    if (typeof outChannels === "number") [this.#channels, this.#isFlat] = [outChannels, false];
    if (typeof features !== "number") return undefined;
    const extents = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
    const isMixed = this.#isFlat && this.#channels !== undefined && features > this.#channels;
    if (extents === undefined && isMixed) throw this.#unknown(name, layer);
    if (this.#isFlat) [this.#channels, this.#isFlat] = [undefined, false];
    if (extents === undefined) return undefined;
    this.#open.delete(name);
    if (sizeOf(extents) !== features) {
      throw new ShapeError(
        `${this.#fn}: expected extents of ${features} elements for ${describedLayer(name, layer)} in flattened, got ${formatShape(extents)}.`,
      );
    }
    return extents.length > 1 ? extents : undefined;
  }

  /** Throws unless every layer that was named is one. */
  finish(): void {
    const [name] = this.#open;
    if (name === undefined) return;
    throw new ValueError(`${this.#fn}: expected flattened to name layers with features, got ${quoted(name)}.`);
  }

  #unknown(name: string, layer: object): ShapeError {
    return new ShapeError(
      `${this.#fn}: expected the extents of the images behind which ${describedLayer(name, layer)} stands, got none. ` +
        `Keras flattens them with their channels last: say flattened: { ${quoted(name)}: [channels, height, width] }.`,
    );
  }
}
