/** Where the elements of a tensor lie in the memory of an exported module, in row-major order. */
export interface WasmPlace {
  /** Such as `arg0`, `result`, `0.weight`, `0.weight.grad`. */
  readonly name: string;
  /** Element type; a bool is a byte of 0 or 1. */
  readonly dtype: "float32" | "float64" | "int32" | "bool";
  /** Extents, outermost axis first. */
  readonly shape: readonly number[];
  /** Of the first byte. */
  readonly address: number;
  /** How many elements there are. */
  readonly length: number;
}

/** What stands as JSON in the custom section `tapegrad` of an exported module. */
export interface WasmDescription {
  /** Of this description: it counts up when a reader of the last one would be wrong. */
  readonly version: 1;
  /** What the host writes before a run; it stays until the host writes again. */
  readonly inputs: readonly WasmPlace[];
  /** What a run leaves; the next one writes over it. */
  readonly outputs: readonly WasmPlace[];
  /** What runs find as the last one left it: parameters, moments, statistics, counters, and gradients. */
  readonly state: readonly WasmPlace[];
  /** What was expected where `run` returns 1, 2, and so on. Nothing of `state` has changed then. */
  readonly errors: readonly string[];
}

/** Elements of a tensor; those of a bool are bytes. */
export type WasmElements = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A module that `exportWasm` made, ready to run. */
export interface LoadedWasm {
  /** What the module says of itself. */
  readonly describe: WasmDescription;
  /** Views of the inputs, by name. */
  readonly inputs: Readonly<Record<string, WasmElements>>;
  /** Views of what the last run gave. */
  readonly outputs: Readonly<Record<string, WasmElements>>;
  /** Views of what runs change and find again. */
  readonly state: Readonly<Record<string, WasmElements>>;
  /**
   * Writes what is given to the inputs in their order, runs, and gives copies of the outputs. Without anything, the
   * inputs are as they were.
   *
   * @throws {RangeError} for another number of elements, or elements that a check refuses; the state has not changed then
   */
  readonly run: (...inputs: readonly ArrayLike<number>[]) => WasmElements[];
  /** Copies of the state. */
  readonly stateDict: () => Record<string, WasmElements>;
  /**
   * Takes over what `stateDict` gave, or a part of it.
   *
   * @throws {RangeError} for a name that is unknown, or another number of elements; nothing has changed then
   */
  readonly loadStateDict: (state: Readonly<Record<string, ArrayLike<number>>>) => void;
}

/** `WebAssembly.Module`, where the libraries of a program declare it. */
export type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module
  : object;

type Elements = ArrayLike<number>;
type Views = Record<string, WasmElements>;

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array };

function expect(what: string, wanted?: number, got?: number): void {
  if (wanted !== got) throw new RangeError(`loadWasm: expected ${wanted} ${what}, got ${got}.`);
}

/** Makes a module of `exportWasm` a function again. */
export async function loadWasm(source: ArrayBuffer | ArrayBufferView | CompiledModule): Promise<LoadedWasm> {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source as BufferSource);
  const [section] = WebAssembly.Module.customSections(module, "tapegrad");
  if (!section) throw new TypeError("loadWasm: expected a module of exportWasm.");
  const describe = JSON.parse(new TextDecoder().decode(section)) as WasmDescription;
  const { exports } = await WebAssembly.instantiate(module);
  const { buffer } = exports["memory"] as WebAssembly.Memory;
  const view = ({ name, dtype, address, length }: WasmPlace): Views => ({
    [name]: new arrays[dtype](buffer, address, length),
  });
  const views = (places: readonly WasmPlace[]): Views =>
    Object.assign(Object.create(null), ...places.map(view)) as Views;
  const [inputs, outputs, state] = [views(describe.inputs), views(describe.outputs), views(describe.state)];
  const write = (to: Views, names: readonly string[], given: readonly Elements[]): void => {
    expect("inputs", names.length, given.length);
    names.forEach((name, i) => expect(`elements of ${name}`, to[name]?.length, given[i]!.length));
    names.forEach((name, i) => to[name]!.set(given[i]!));
  };
  return {
    describe,
    inputs,
    outputs,
    state,
    run(...values) {
      if (values.length) write(inputs, Object.keys(inputs), values);
      const status = (exports["run"] as () => number)();
      if (status) throw new RangeError(describe.errors[status - 1]);
      return Object.values(outputs).map((view) => view.slice());
    },
    stateDict: () => Object.fromEntries(Object.entries(state).map(([name, view]) => [name, view.slice()])),
    loadStateDict: (given) => write(state, Object.keys(given), Object.values(given)),
  };
}
