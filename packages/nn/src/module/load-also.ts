import type { StateHookKinds } from "./state-hooks.ts";

/** What lets a state load that has other keys for the same tensors; `keys` are pairs of one there and one here. */
export function loadAlso(keys: readonly (readonly [there: string, here: string])[]): StateHookKinds["beforeLoad"] {
  return (_module, dict, prefix) => {
    if (!keys.every(([there, here]) => Object.hasOwn(dict, prefix + there) && !Object.hasOwn(dict, prefix + here)))
      return;
    for (const [there, here] of keys) {
      dict[prefix + here] = dict[prefix + there]!;
      delete dict[prefix + there];
    }
  };
}
