/** So few elements are computed as fast as it is found out which of them are wanted. */
export const fewElements = 4096;
