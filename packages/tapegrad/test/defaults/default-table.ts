/** No value: the function decides by its other arguments, as PyTorch's and Keras' None does. */
export const unset: unique symbol = Symbol("unset");
/** There is no such option. */
export const absent: unique symbol = Symbol("absent");
/** There is no default: the option must be given. */
export const required: unique symbol = Symbol("required");

export type Default = number | string | boolean | readonly unknown[] | typeof unset | typeof absent | typeof required;

/** Ours, PyTorch's, Keras' in our units, and why ours is not PyTorch's, if PyTorch has another. */
export type DefaultRow = readonly [ours: Default, torch: Default, keras: Default, reason?: string];

/** The options of one function or class; positional arguments with a default stand in parentheses. */
export interface Defaults {
  /** What it is called in PyTorch 2; nothing if there is none. */
  readonly torch?: string;
  /** What it is called in Keras 3; nothing if there is none. */
  readonly keras?: string;
  readonly options: Readonly<Record<string, DefaultRow>>;
}

/** By the path of the export, such as "nn.functional.elu"; of methods by their class. */
export type DefaultTable = Readonly<Record<string, Defaults>>;

/** Options that PyTorch does not have. */
export function only(ours: Readonly<Record<string, Default>>): Readonly<Record<string, DefaultRow>> {
  return Object.fromEntries(
    Object.entries(ours).map(([name, value]): [string, DefaultRow] => [name, [value, absent, absent]]),
  );
}
