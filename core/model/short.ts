/** Six digits are about as many as single precision holds; more make files longer and nothing truer. */
export const short = (value: number): number => Number(value.toPrecision(6));
