import { assign, type Tensor, ValueError } from "@tapegrad/tensor";
import { Cell, formatValue, isLookupTable, withTracer } from "@tapegrad/tensor/internal";
import { type ParamGroup, type WritableSettings } from "./param-group.ts";
import { resolveOptions } from "./resolve-options.ts";
import { scalar } from "./scalar.ts";
import type { GroupRule, LearningRateOption, SettingsOf, SlotState } from "./update-rule.ts";

/** A group whose settings can be changed, one by one or all: checked each time, and noticed by compiled steps. */
export class TrainedGroup<Options extends LearningRateOption> implements ParamGroup<SettingsOf<Options>> {
  readonly params: readonly Tensor[];
  readonly #lr: Tensor;
  readonly #momentum: Tensor | undefined;
  initialLr: number | undefined = undefined;
  readonly #rule: GroupRule<Options>;
  /** All but the present rate and momentum, which are tensors. */
  readonly #held: Cell<SettingsOf<Options>>;
  readonly #settings: WritableSettings<SettingsOf<Options>>;

  constructor(rule: GroupRule<Options>, params: readonly Tensor[], settings: SettingsOf<Options>) {
    const momentum = rule.momentum?.get(settings);
    this.params = Object.freeze([...params]);
    this.#lr = scalar(settings.lr);
    this.#momentum = momentum === undefined ? undefined : scalar(momentum);
    this.#rule = rule;
    this.#held = new Cell(frozen(settings), "an optimizer");
    this.#settings = this.#accessors();
  }

  get lr(): Tensor {
    return this.#lr;
  }

  /** Other tensors would be unknown to compiled steps. */
  set lr(value: Tensor) {
    throw this.#replaced("lr", value);
  }

  get momentum(): Tensor | undefined {
    return this.#momentum;
  }

  set momentum(value: Tensor | undefined) {
    throw this.#replaced("momentum", value);
  }

  #replaced(name: string, value: unknown): ValueError {
    return new ValueError(
      `${this.#rule.name}: expected ${name} of a group to stay its tensor, got ${formatValue(value)}. Set group.settings.`,
    );
  }

  get settings(): WritableSettings<SettingsOf<Options>> {
    return this.#settings;
  }

  set settings(other: SettingsOf<Options>) {
    this.settingsChange(this.#rule.name, other)();
  }

  /** State of a fresh parameter. */
  initialState(param: Tensor): SlotState {
    return this.#rule.initialState(param, this.#held.get());
  }

  /**
   * Checks other settings; the returned function takes them over.
   *
   * @throws {ValueError} for one that is not allowed, or that needs other state than this group keeps
   */
  settingsChange(fn: string, options: Options): () => void {
    const settings = frozen(resolveOptions(fn, this.#rule, options));
    this.#checkState(fn, settings);
    return () => {
      // Equal settings stay the ones that plans were made for.
      if (!sameSettings(this.#held.get(), settings)) this.#held.set(settings);
      setScalar(this.lr, settings.lr);
      if (this.momentum !== undefined) setScalar(this.momentum, this.#rule.momentum?.get(settings) ?? 0);
    };
  }

  /** Throws if settings need other state, such as a momentum, than the group keeps. */
  #checkState(fn: string, settings: SettingsOf<Options>): void {
    const rule = this.#rule;
    const own = this.#held.get();
    const given = rule.momentum?.get(settings);
    if (this.momentum === undefined && given !== undefined) {
      throw new ValueError(
        `${fn}: expected settings without momentum, got ${given}. Make the optimizer with momentum.`,
      );
    }
    // A momentum that a schedule has moved to 0 is one still.
    const kept = this.momentum === undefined ? settings : rule.momentum!.set(settings, rule.momentum!.get(own) ?? 0);
    for (const param of oneOfEachKind(this.params)) {
      const [needed, held] = [kept, own].map(
        (each) => Object.keys(rule.initialState(param, each)).join(", ") || "none",
      );
      if (needed !== held) {
        throw new ValueError(`${fn}: expected settings with state ${held}, got some with state ${needed}.`);
      }
    }
  }

  /** An object with the present settings, which checks what it is given. */
  #accessors(): WritableSettings<SettingsOf<Options>> {
    const rule = this.#rule;
    const { lr, momentum } = this;
    const first = this.#held.get();
    const cycled = momentum && rule.momentum!.set(first, NaN);
    const accessors = {};
    for (const name of Object.keys(first) as (keyof SettingsOf<Options> & string)[]) {
      Object.defineProperty(accessors, name, {
        enumerable: true,
        get: () => {
          if (name === "lr") return valueOf(lr);
          const held = this.#held.get();
          const isCycled = cycled !== undefined && cycled[name] !== first[name];
          return (isCycled ? rule.momentum!.set(held, valueOf(momentum!)) : held)[name];
        },
        set: (value: unknown): void => {
          this.settingsChange(rule.name, { ...this.#settings, [name]: value })();
        },
      });
    }
    return Object.preventExtensions(accessors) as WritableSettings<SettingsOf<Options>>;
  }
}

/** A number that a trace reads as a tensor, not here. */
function valueOf(tensor: Tensor): number {
  return withTracer(undefined, () => tensor.item());
}

function setScalar(tensor: Tensor, value: number): void {
  if (valueOf(tensor) !== value) assign(tensor, scalar(value));
}

function frozen<Settings extends object>(settings: Settings): Settings {
  for (const value of Object.values(settings)) if (Array.isArray(value)) Object.freeze(value);
  return Object.freeze(settings);
}

function sameSettings(a: object, b: object): boolean {
  const other = new Map(Object.entries(b));
  return Object.entries(a).every(([name, value]) => String(value) === String(other.get(name)));
}

/** One parameter for each kind of which a rule may keep state of its own: by rank, and whether it is a table of embeddings. */
function oneOfEachKind(params: readonly Tensor[]): Iterable<Tensor> {
  return new Map(params.map((param) => [`${param.ndim} ${isLookupTable(param)}`, param])).values();
}
