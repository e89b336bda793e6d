/** What a sampler or a batch sampler may have: a state that it also loads. */
interface MaybeStateful {
  stateDict?(): object;
  loadStateDict?(state: never): unknown;
}

/** The state of a sampler or batch sampler; null for one that has none, or could not load it. */
export function samplerState(sampler: MaybeStateful): object | null {
  return sampler.loadStateDict === undefined ? null : (sampler.stateDict?.() ?? null);
}
