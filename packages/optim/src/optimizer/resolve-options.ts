import { settleOptions } from "@tapegrad/tensor/internal";
import type { GroupRule, LearningRateOption, SettingsOf } from "./update-rule.ts";

/** A copy, lists included, so that nobody changes settings behind the optimizer's back. */
export function copySettings<Settings extends object>(settings: Settings): Settings {
  const copy = { ...settings };
  for (const name in copy) {
    const value: unknown = copy[name];
    if (Array.isArray(value)) copy[name] = [...(value as unknown[])] as (typeof copy)[typeof name];
  }
  return copy;
}

/**
 * Complete, checked settings.
 *
 * @param fn name of the function that was called, for the messages
 */
export function resolveOptions<Options extends LearningRateOption>(
  fn: string,
  rule: GroupRule<Options>,
  options: Options,
): SettingsOf<Options> {
  const settings = copySettings(settleOptions(fn, options, rule.options)) as SettingsOf<Options>;
  rule.check?.(fn, settings);
  return settings;
}
