/** Of ours or of XGBoost, and the text of LightGBM. */
export const modelFileNames = ["model.json", "model.txt"] as const;
export const largestModelMib = 16;

export function isModelFile(name: string): boolean {
  return modelFileNames.some((one) => one === name);
}
