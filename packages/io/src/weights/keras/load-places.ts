import { ShapeError, ValueError } from "@tapegrad/tensor";
import { formatShape } from "@tapegrad/tensor/internal";
import { describedLayer } from "./described-layer.ts";
import { fits, type Found, type KerasSource } from "./keras-source.ts";
import { missingKeys } from "./missing-keys.ts";
import type { LayeredModule, Place } from "./places.ts";

/** What did not match. */
export interface KerasReport {
  /** Keys of the model that the file has nothing for. */
  readonly missing: readonly string[];
  /** What the file has and the model has no place for. */
  readonly unexpected: readonly string[];
}

/**
 * Takes the weights of a file into a model. All is checked, and read, before anything changes.
 *
 * @throws {ShapeError} when a variable is of another shape than Keras would have for the layer here
 * @throws {ValueError} if `strict`, when there is too little in the file, or too much
 */
export function loadPlaces(
  fn: string,
  model: LayeredModule,
  places: readonly Place[],
  source: KerasSource,
  strict: boolean,
): KerasReport {
  const found = places.flatMap((place) => {
    const taken = source.take(place);
    if (taken === undefined) return [];
    if (!fits(taken)) throw misfit(fn, place, taken);
    return [{ place, ...taken }];
  });
  const report = { missing: missingKeys(model, found), unexpected: source.rest() };
  if (strict && report.missing.length + report.unexpected.length > 0) throw incomplete(fn, model, report);
  const states = found.map(({ place, layer, variables }) => {
    const names = Object.keys(layer.variables);
    const read = Object.fromEntries(variables.map((variable, i) => [names[i]!, variable.read()]));
    return [place.layer, layer.toState(read)] as const;
  });
  for (const [layer, state] of states) layer.loadStateDict(state, { strict: false });
  return report;
}

function misfit(fn: string, { name, layer }: Place, found: Found): ShapeError {
  const wanted = Object.entries(found.layer.variables);
  const { variables } = found;
  const i = wanted.findIndex(([, { shape }], k) => formatShape(shape) !== formatShape(variables[k]?.shape ?? []));
  const [key, value] = wanted[i] ?? [];
  const at = variables[i];
  const where = describedLayer(name, layer);
  if (key === undefined || value === undefined || at === undefined) {
    const has = variables.map(({ label }) => label).join(", ");
    return new ShapeError(
      `${fn}: expected ${wanted.length} variables for ${where}, ${wanted.map(([name]) => name).join(", ")}, got ${variables.length}: ${has}.`,
    );
  }
  return new ShapeError(
    `${fn}: expected ${key} of shape ${formatShape(value.shape)} for ${where}, got ${formatShape(at.shape)} in ${at.label}.`,
  );
}

function incomplete(fn: string, model: LayeredModule, { missing, unexpected }: KerasReport): ValueError {
  const list = (title: string, names: readonly string[]): string =>
    names.length === 0 ? "" : `\n  ${title}: ${names.join(", ")}`;
  return new ValueError(
    `${fn}: expected weights of all layers of ${model.constructor.name} and no others, got ${missing.length} keys without and ` +
      `${unexpected.length} places too many. Say which is which in layers, or strict: false.` +
      list("missing", missing) +
      list("unexpected", unexpected),
  );
}
