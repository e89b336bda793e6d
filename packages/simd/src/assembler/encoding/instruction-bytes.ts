/** An opcode of one byte and what follows it, in an array that has room for no more: code has thousands of them. */
export function instructionBytes(opcode: number, immediates: readonly number[]): number[] {
  const bytes = new Array<number>(1 + immediates.length);
  bytes[0] = opcode;
  for (let i = 0; i < immediates.length; i++) bytes[i + 1] = immediates[i]!;
  return bytes;
}
