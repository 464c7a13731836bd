import { publishedFlops, type LayerTable } from '@forecache/model-catalog';

/**
 * TFLOPs of a run as published tables add them up, all branches: every call as the model's counter prints it. The
 * exact sum differs in the fifth digit.
 */
export function publishedTeraFlops(table: LayerTable, perCall: readonly number[]): number {
  const printed = perCall.map((flops) => publishedFlops(table, flops));
  return (table.branches * printed.reduce((sum, flops) => sum + flops, 0)) / 1e12;
}
