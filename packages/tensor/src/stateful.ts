/**
 * What can be saved and taken up again. A state is plain: tensors, numbers, strings, booleans, null, and arrays and
 * objects of them, so that a file can hold it as tensors by name and JSON.
 *
 * @example
 * const generator: Stateful<GeneratorState> = new Generator(1);
 * const other = new Generator(2);
 * other.loadStateDict(generator.stateDict());
 */
export interface Stateful<State> {
  /** Everything that it needs to go on exactly as it would have gone on. */
  stateDict(): State;
  /** Takes over what `stateDict` returned, here or elsewhere. All is checked before anything changes. */
  loadStateDict(state: State): unknown;
}
