/** Columns of the terminal behind standard output, or 100 where there is none. */
export function terminalWidth(): number {
  const { process } = globalThis as { readonly process?: { readonly stdout?: { readonly columns?: number } } };
  return process?.stdout?.columns ?? 100;
}
