/** Log-odds put right by a line: what a model says is stretched by `slope` and moved by `shift`. */
export type Stretch = { slope: number; shift: number };

export const unstretched: Stretch = { slope: 1, shift: 0 };
