/** What registering a hook returns. */
export interface HookHandle {
  /** Takes the hook away; calling it again does nothing. */
  remove(): void;
}

/** Where hooks are kept, such as a cell: a list that is never changed, but replaced by another. */
export interface HookPlace<Hook> {
  get(): readonly Hook[];
  set(hooks: readonly Hook[]): void;
}

/** No hooks: one list before the first and after the last, so that a trace knows it again. */
export const noHooks: readonly never[] = [];

/** Adds a hook after those that are there, or before them. */
export function addHookTo<Hook>(place: HookPlace<Hook>, hook: Hook, isFirst = false): HookHandle {
  const hooks = place.get();
  place.set(isFirst ? [hook, ...hooks] : [...hooks, hook]);
  return { remove: () => removeHookFrom(place, hook) };
}

/** Takes a hook away, if it is there. */
export function removeHookFrom<Hook>(place: HookPlace<Hook>, hook: Hook): void {
  const hooks = place.get();
  const left = hooks.filter((other) => other !== hook);
  if (left.length < hooks.length) place.set(left.length === 0 ? noHooks : left);
}
