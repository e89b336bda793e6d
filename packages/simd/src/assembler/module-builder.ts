import { AssemblyError } from "./assembly-error.ts";
import { ByteWriter } from "./encoding/byte-writer.ts";
import { readUnsigned } from "./encoding/leb128.ts";
import type { Operand } from "./expr.ts";
import { FunctionBuilder } from "./function-builder.ts";
import type { ParamLocals } from "./function-builder.ts";
import type { CalledCode, FunctionBytes, FunctionCode } from "./function-code.ts";
import type { FunctionLibrary } from "./function-library.ts";
import type { FunctionRef, ParamTypes, Signature } from "./function-ref.ts";
import { Local } from "./local.ts";
import { limitsBytes } from "./memory-limits.ts";
import type { MemoryLimits } from "./memory-limits.ts";
import type { Bytes, CompiledModule } from "./platform-types.ts";
import { valueTypeCodes } from "./value-type.ts";
import type { ResultType, ValueType } from "./value-type.ts";

/** Gives the body of a function: appends its statements, returns its result. */
export type FunctionBody<P extends ParamTypes, R extends ResultType> = (
  f: FunctionBuilder<R>,
  params: ParamLocals<P>,
) => R extends ValueType ? Operand<R> : void;

/**
 * Assembles a WebAssembly module.
 *
 * @example
 * const module = new ModuleBuilder();
 * const signature = { params: { a: "f32", b: "f32" }, result: "f32" } as const;
 * module.exportFunction(module.function("add", signature, (_, { a, b }) => f32.add(a, b)));
 * const { exports } = new WebAssembly.Instance(module.compile());
 * exports.add(0.25, 0.5); // => 0.75
 */
export class ModuleBuilder {
  readonly #types = new Map<string, number>();
  /** Types that were looked up before, by the object that describes them. */
  readonly #typesOf = new Map<Signature, number>();
  readonly #typeBytes: number[][] = [];
  readonly #imports = new ByteWriter();
  #importCount = 0;
  #importedFunctions = 0;
  readonly #functions: FunctionRef[] = [];
  readonly #bodies: (FunctionBytes | undefined)[] = [];
  readonly #library: FunctionLibrary | undefined;
  /** Functions that are defined once, by key. */
  readonly #once = new Map<string, FunctionRef>();
  /** The functions as code of no module, by index, where that is known. */
  readonly #codes = new Map<number, FunctionCode>();
  /** Functions that were taken in. */
  readonly #taken = new Map<FunctionCode, FunctionRef>();
  #memory: { readonly limits: MemoryLimits; readonly imported: boolean } | undefined;
  readonly #exports = new Map<string, readonly [kind: number, index: number]>();

  /** @param library where functions that are defined once are looked for, and left for other modules with a memory */
  constructor(library?: FunctionLibrary) {
    this.#library = library;
  }

  /** Whether the module has a memory yet. */
  get hasMemory(): boolean {
    return this.#memory !== undefined;
  }

  /** Uses a memory that is given at instantiation. */
  importMemory(module: string, name: string, limits: MemoryLimits): void {
    this.#setMemory("importMemory", limits, true);
    this.#imports.name(module);
    this.#imports.name(name);
    this.#imports.byte(0x02);
    this.#imports.bytes(limitsBytes(limits));
    this.#importCount++;
  }

  /** Gives the module a memory of its own. */
  memory(limits: MemoryLimits): void {
    this.#setMemory("memory", limits, false);
  }

  /** Declares a function that is given at instantiation; all imports stand before the first own function. */
  importFunction<const P extends ParamTypes, const R extends ResultType>(
    module: string,
    name: string,
    signature: Signature<P, R>,
  ): FunctionRef<P, R> {
    if (this.#functions.length > this.#importedFunctions) {
      throw new AssemblyError(`importFunction ${module}.${name}: expected imports before the module's own functions.`);
    }
    const typeIndex = this.#typeIndex(signature);
    this.#imports.name(module);
    this.#imports.name(name);
    this.#imports.byte(0x00);
    this.#imports.unsigned(typeIndex);
    this.#importCount++;
    this.#importedFunctions++;
    return this.#register(name, signature);
  }

  /** Declares a function whose body follows with `define`, so that others (or itself) can call it before. */
  declare<const P extends ParamTypes, const R extends ResultType>(
    name: string,
    signature: Signature<P, R>,
  ): FunctionRef<P, R> {
    return this.#register(name, signature);
  }

  /** Gives a declared function its body. */
  define<P extends ParamTypes, R extends ResultType>(declared: FunctionRef<P, R>, body: FunctionBody<P, R>): void {
    const { name, signature, index } = declared;
    if (declared.module !== this) throw new AssemblyError(`define ${name}: expected a function of this module.`);
    if (index < this.#importedFunctions)
      throw new AssemblyError(`define ${name}: expected an own function, got an import.`);
    const slot = index - this.#importedFunctions;
    if (this.#bodies[slot] !== undefined) throw new AssemblyError(`define ${name}: expected one definition, got two.`);
    const builder = new FunctionBuilder<R>(name, signature, this);
    const params = Object.entries(signature.params).map(([param, type], i) => [
      param,
      new Local(builder.needs, type, i),
    ]);
    const result = body(builder, Object.fromEntries(params) as ParamLocals<P>);
    this.#bodies[slot] = builder.finish(result);
  }

  /** Declares and defines a function. */
  function<const P extends ParamTypes, const R extends ResultType>(
    name: string,
    signature: Signature<P, R>,
    body: FunctionBody<P, R>,
  ): FunctionRef<P, R> {
    const declared = this.declare(name, signature);
    this.define(declared, body);
    return declared;
  }

  /**
   * The function of a key, which `define` defines if the module has none yet.
   *
   * @param key says all that the function depends on
   * @param define defines it in the module that it is given, which is another one if there is a library
   */
  once<P extends ParamTypes, R extends ResultType>(
    key: string,
    define: (module: ModuleBuilder) => FunctionRef<P, R>,
  ): FunctionRef<P, R> {
    let known = this.#once.get(key);
    if (known === undefined) {
      const library = this.hasMemory ? this.#library : undefined;
      known = library === undefined ? define(this) : this.#take(library.of(key, () => this.#assemble(key, define)));
      this.#once.set(key, known);
    }
    return known as FunctionRef<P, R>;
  }

  /** Exports a function, under its own name unless told otherwise. */
  exportFunction(ref: Pick<FunctionRef, "name" | "index" | "module">, name: string = ref.name): void {
    if (ref.module !== this) throw new AssemblyError(`exportFunction ${name}: expected a function of this module.`);
    this.#export(name, 0x00, ref.index);
  }

  /** Exports the memory. */
  exportMemory(name: string): void {
    if (!this.hasMemory) throw new AssemblyError(`exportMemory ${name}: expected the module to have a memory.`);
    this.#export(name, 0x02, 0);
  }

  /** The module in WebAssembly's binary format. */
  toBytes(): Bytes {
    const out = new ByteWriter();
    out.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    const own = this.#functions.slice(this.#importedFunctions);
    const types = own.map(({ signature }) => this.#typeIndex(signature));
    section(out, 1, this.#typeBytes.length, (writer) => this.#typeBytes.forEach((type) => writer.bytes(type)));
    section(out, 2, this.#importCount, (writer) => writer.bytes(this.#imports.written));
    section(out, 3, own.length, (writer) => types.forEach((type) => writer.unsigned(type)));
    const memory = this.#memory?.imported === false ? this.#memory.limits : undefined;
    section(out, 5, memory ? 1 : 0, (writer) => memory && writer.bytes(limitsBytes(memory)));
    section(out, 7, this.#exports.size, (writer) => {
      for (const [name, [kind, index]] of this.#exports) {
        writer.name(name);
        writer.byte(kind);
        writer.unsigned(index);
      }
    });
    section(out, 10, own.length, (writer) => {
      for (let i = 0; i < own.length; i++) {
        const body = this.#bodies[i];
        if (body === undefined)
          throw new AssemblyError(
            `toBytes: expected every function to be defined, got ${own[i]?.name} without a body.`,
          );
        writer.sized(body.bytes);
      }
    });
    return out.toBytes();
  }

  /** Compiles the module synchronously. */
  compile(): CompiledModule {
    return new WebAssembly.Module(this.toBytes());
  }

  /** Assembles a function by itself. */
  #assemble(key: string, define: (module: ModuleBuilder) => FunctionRef): FunctionCode {
    const module = new ModuleBuilder(this.#library);
    module.#memory = this.#memory;
    const { name, signature, bytes, calls } = module.#codeOf(define(module).index);
    return { name, signature, key, bytes, calls };
  }

  #codeOf(index: number): FunctionCode {
    const known = this.#codes.get(index);
    if (known !== undefined) return known;
    const { name, signature } = this.#functions[index]!;
    const { bytes, calls } = this.#bodies[index - this.#importedFunctions]!;
    const called: CalledCode[] = [];
    const code = { name, signature, key: undefined, bytes, calls: called };
    this.#codes.set(index, code);
    for (const at of calls) {
      const { value, end } = readUnsigned(bytes, at);
      called.push({ at, end, callee: this.#codeOf(value) });
    }
    return code;
  }

  /** Takes in a function, and what it calls, unless they are there. */
  #take(code: FunctionCode): FunctionRef {
    const { name, signature, key, bytes, calls } = code;
    const known = this.#taken.get(code) ?? (key === undefined ? undefined : this.#once.get(key));
    if (known !== undefined) return known;
    const taken = this.declare(name, signature);
    this.#taken.set(code, taken);
    this.#codes.set(taken.index, code);
    if (key !== undefined) this.#once.set(key, taken);
    const body = new ByteWriter();
    const places: number[] = [];
    let from = 0;
    for (const { at, end, callee } of calls) {
      body.bytes(bytes.subarray(from, at));
      places.push(body.length);
      body.unsigned(this.#take(callee).index);
      from = end;
    }
    body.bytes(bytes.subarray(from));
    this.#bodies[taken.index - this.#importedFunctions] = { bytes: body.toBytes(), calls: places };
    return taken;
  }

  #setMemory(where: string, limits: MemoryLimits, imported: boolean): void {
    if (this.#memory !== undefined) throw new AssemblyError(`${where}: expected one memory, got a second.`);
    const { initial, maximum, shared = false } = limits;
    const pages = [initial, maximum ?? initial];
    if (pages.some((page) => !Number.isInteger(page) || page < 0 || page > 65536) || (maximum ?? initial) < initial) {
      throw new AssemblyError(`${where}: expected 0 <= initial <= maximum <= 65536 pages, got ${pages.join(" and ")}.`);
    }
    if (shared && maximum === undefined) throw new AssemblyError(`${where}: expected a maximum for a shared memory.`);
    this.#memory = { limits, imported };
  }

  #typeIndex(signature: Signature): number {
    let index = this.#typesOf.get(signature);
    if (index === undefined) this.#typesOf.set(signature, (index = this.#findType(signature)));
    return index;
  }

  #findType({ params, result }: Signature): number {
    const types = Object.values(params).map((type) => valueTypeCodes[type]);
    const results = result === "void" ? [] : [valueTypeCodes[result]];
    const key = `${types.join(",")}:${results.join(",")}`;
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    const writer = new ByteWriter();
    writer.byte(0x60);
    writer.sized(types);
    writer.sized(results);
    this.#types.set(key, this.#typeBytes.length);
    return this.#typeBytes.push([...writer.toBytes()]) - 1;
  }

  #register<P extends ParamTypes, R extends ResultType>(name: string, signature: Signature<P, R>): FunctionRef<P, R> {
    const ref = { name, signature, index: this.#functions.length, module: this };
    this.#functions.push(ref);
    return ref;
  }

  #export(name: string, kind: number, index: number): void {
    if (this.#exports.has(name)) throw new AssemblyError(`export: expected unique names, got ${name} twice.`);
    this.#exports.set(name, [kind, index]);
  }
}

function section(out: ByteWriter, id: number, count: number, write: (writer: ByteWriter) => void): void {
  if (count === 0) return;
  const writer = new ByteWriter();
  writer.unsigned(count);
  write(writer);
  out.byte(id);
  out.sized(writer.written);
}
