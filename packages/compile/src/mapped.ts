/**
 * As `map` of an array, for lists that many functions read. An engine that has optimised a caller of `map` makes arrays of
 * another kind than before, for which it optimises all those that read them again; these are of one kind.
 */
export function mapped<From, To>(list: readonly From[], to: (element: From, index: number) => To): To[] {
  const all = new Array<To>(list.length);
  for (let i = 0; i < list.length; i++) all[i] = to(list[i]!, i);
  return all;
}
