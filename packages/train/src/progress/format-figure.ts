/** A figure in a few characters: `0.3412`, `12.5`, `1.2e-5`, `NaN`. */
export function formatFigure(figure: number): string {
  const size = Math.abs(figure);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return figure.toExponential(2).replace("e+", "e");
  return String(Number(figure.toPrecision(size < 1 ? 4 : 5)));
}
