import { type DType, type Stateful, type Tensor } from "@tapegrad/tensor";
import {
  Cell,
  convertStorage,
  expectFunction,
  expectNothing,
  expectValue,
  isFloat,
  ranges,
} from "@tapegrad/tensor/internal";
import type { Buffer } from "./buffer.ts";
import { cloneModule } from "./clone.ts";
import { formatModule } from "./format-module.ts";
import { HookedModule } from "./hooked-module.ts";
import { observeMethods } from "./observe-methods.ts";
import { Parameter } from "./parameter.ts";
import { type LoadReport, loadStateDictInto, type LoadStateDictOptions } from "./load-state-dict.ts";
import { type StateDict, stateDictOf } from "./state-dict.ts";
import type { ModuleNode } from "./module-node.ts";
import { nested, type Visit, walk } from "./walk.ts";

/** A module of whatever inputs and output. */
export type AnyModule = Module<never, unknown>;

/**
 * Base of every layer and model: a function with parameters.
 *
 * A subclass stores parameters, buffers and other modules in fields (arrays, Maps and plain objects of
 * them work too) and implements `forward`. Nothing is registered: everything is found by its type.
 *
 * @example
 * class Net extends Module {
 *   hidden = new Dense(4, 8);
 *   norm = new LayerNorm(8);
 *   override forward(x: Tensor): Tensor {
 *     return this.norm.forward(this.hidden.forward(x)).relu();
 *   }
 * }
 * new Net().namedParameters().map(([name]) => name); // => ["hidden.weight", "hidden.bias", "norm.weight", "norm.bias"]
 */
export abstract class Module<In extends readonly unknown[] = Tensor[], Out = Tensor>
  extends HookedModule
  implements Stateful<StateDict>
{
  static override readonly name: string = "Module";
  readonly #training = new Cell(true, "the training flag of a module");
  /** What structuredClone and postMessage refuse; without it they would give an object without parameters. */
  protected readonly structuredCloneHint: () => string = refuseStructuredClone;

  constructor(...none: []) {
    super();
    expectNothing(new.target.name, none);
    observeMethods(new.target, Module.prototype);
  }

  /** Whether it runs in training mode: BatchNorm and Dropout behave differently there. */
  get training(): boolean {
    return this.#training.get();
  }

  set training(training: boolean) {
    this.#training.set(training);
  }

  /** Computes the output. */
  abstract forward(...inputs: In): Out;

  /** Switches this module and all inside to training mode, or to evaluation mode with `false`. */
  train(mode: boolean = true, ...none: []): this {
    expectNothing("train", none);
    expectValue("train", "mode", mode, ranges.flag);
    for (const module of this.modules()) module.setMode(mode);
    return this;
  }

  /** Switches this module and all inside to evaluation mode. */
  eval(...none: []): this {
    expectNothing("eval", none);
    return this.train(false);
  }

  /** Sets the mode of this module alone; layers override it to notice the change. */
  protected setMode(training: boolean): void {
    this.training = training;
  }

  /** This module and all inside with their dotted names, each once, parents first. */
  namedModules(): [name: string, module: AnyModule][] {
    return namedModulesOf(walk(this, { repeat: false }));
  }

  /** This module and all inside, each once, parents first. */
  modules(): AnyModule[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** The modules directly inside, with their names. */
  namedChildren(): [name: string, module: AnyModule][] {
    return namedModulesOf(walk(this, { repeat: false, shallow: true })).filter(([, module]) => module !== this);
  }

  /** The modules directly inside. */
  children(): AnyModule[] {
    return this.namedChildren().map(([, module]) => module);
  }

  /** All parameters with their dotted names, shared ones once. */
  namedParameters(): [name: string, parameter: Parameter][] {
    return [...this.#namedTensors()].filter((entry): entry is [string, Parameter] => entry[1] instanceof Parameter);
  }

  /** All parameters, shared ones once: what an optimizer takes. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** All buffers with their dotted names, shared ones once. */
  namedBuffers(): [name: string, buffer: Buffer][] {
    return [...this.#namedTensors()].filter((entry): entry is [string, Buffer] => !(entry[1] instanceof Parameter));
  }

  /** All buffers, shared ones once. */
  buffers(): Buffer[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  *#namedTensors(): Generator<[name: string, value: Parameter | Buffer]> {
    const seen = new Set<object>();
    for (const { path, tensors } of walk(this, { repeat: false })) {
      for (const [name, value] of tensors) {
        if (seen.has(value)) continue;
        seen.add(value);
        yield [[...path, name].join("."), value];
      }
    }
  }

  /**
   * Parameters and persistent buffers under PyTorch's keys, in PyTorch's order and layouts. The
   * tensors are detached and share storage with the module: clone them to keep a snapshot.
   *
   * @throws {ValueError} when two fields have the same key, such as `runningMean` and `running_mean`
   */
  stateDict(): StateDict {
    return stateDictOf(this);
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): StateDict {
    return this.stateDict();
  }

  /**
   * Copies tensors into the parameters and buffers of the same key, converting float dtypes. All is
   * checked before anything changes. A state may have gone through JSON. A tensor that is shared needs to stand under one
   * of its keys.
   *
   * @throws {ValueError} that lists every missing, unexpected and unfitting key
   * @example
   * const saved = JSON.stringify(new Dense(2, 1, { init: "ones" }).stateDict());
   * const layer = new Dense(2, 1);
   * layer.loadStateDict(JSON.parse(saved));
   * layer.weight.toArray(); // => [[1, 1]]
   */
  loadStateDict(dict: Readonly<Record<string, Tensor>>, options: LoadStateDictOptions = {}): LoadReport {
    return loadStateDictInto(this, dict, options);
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(...none: []): this {
    expectNothing("zeroGrad", none);
    for (const parameter of this.parameters()) parameter.grad = undefined;
    return this;
  }

  /** Marks all parameters as trained, or freezes them with `false`. */
  requiresGrad_(flag: boolean = true, ...none: []): this {
    expectNothing("requiresGrad_", none);
    expectValue("requiresGrad_", "flag", flag, ranges.flag);
    for (const parameter of this.parameters()) parameter.requiresGrad_(flag);
    return this;
  }

  /** Calls `fn` for every module inside, children first, and then for this one. */
  apply(fn: (module: AnyModule) => void, ...none: []): this {
    expectNothing("apply", none);
    expectFunction("apply", "fn", fn);
    for (const [{ node }, isDone] of nested([...walk(this, { repeat: false })])) {
      if (isDone && node instanceof Module) fn(node as AnyModule);
    }
    return this;
  }

  /**
   * Converts floating-point parameters and buffers in place; integers stay. Gradients are dropped.
   *
   * @throws {DTypeError} when `dtype` is not float32 or float64
   */
  to(dtype: DType, ...none: []): this {
    expectNothing("to", none);
    expectValue<DType>("to", "dtype", dtype, ranges.floatDType);
    for (const [, value] of this.#namedTensors()) if (isFloat(value.dtype)) convertStorage(value, dtype);
    return this;
  }

  /**
   * A copy with parameters, buffers and modules of its own: what is shared in this module is shared in the copy. Modes,
   * `requiresGrad`, options and hooks are those of this module; gradients are left out. Functions and objects of other
   * classes, such as generators, are shared.
   *
   * @throws {ValueError} for a class with private fields, or a field with an arrow function that uses `this`: such a
   * class overrides `clone`
   * @throws {CompileError} while a function is traced
   * @example
   * const student = new Dense(2, 1);
   * const teacher = student.clone().requiresGrad_(false);
   * assign(student.weight, zeros([1, 2]));
   * teacher.weight.eq(0).any().item(); // => 0
   */
  clone(...none: []): this {
    expectNothing("clone", none);
    return cloneModule(this, { base: Module.prototype, bare });
  }

  /** The tree of modules with parameter counts. */
  override toString(): string {
    return formatModule(this);
  }

  static {
    // What console.log shows in Node and Deno.
    Object.defineProperty(Module.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: AnyModule): string {
        return this.toString();
      },
    });
  }
}

const refuseStructuredClone = (): string => "Modules have a clone(); to send one to a worker, send its stateDict().";

/** What `Module` keeps, on an object of the class of `module`, whose constructor does not run. */
function bare(module: ModuleNode): ModuleNode {
  const copy = Reflect.construct(Module, [], module.constructor) as AnyModule;
  copy.training = (module as AnyModule).training;
  return copy;
}

function namedModulesOf(visits: Iterable<Visit>): [name: string, module: AnyModule][] {
  const named: [string, AnyModule][] = [];
  for (const { path, node } of visits) if (node instanceof Module) named.push([path.join("."), node as AnyModule]);
  return named;
}
