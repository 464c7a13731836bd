import { addGatedPlain } from '@forecache/core';
import type { Gates } from '@forecache/core';

import { ROW, ROWS_PER_BLOCK } from '../transformer/transformer-layout.js';
import type { BranchSite, TransformerLayout } from '../transformer/transformer-layout.js';

/** The modulation of one call: [batch, layout.rows, layout.width]. */
export interface Modulation {
  readonly layout: TransformerLayout;
  readonly batch: number;
  readonly rows: Float32Array;
}

/** Shift and scale of one site, each [batch, width]. */
export interface ShiftScale {
  readonly shift: Float32Array;
  readonly scale: Float32Array;
}

/** Where the gates of a site are in the modulation. */
export function gatesOf({ layout, rows }: Modulation, site: BranchSite): Gates {
  const row = site.block * ROWS_PER_BLOCK + ROW[site.kind].gate;
  return { rows, first: row * layout.width, stride: layout.rows * layout.width };
}

/**
 * hidden += gate * branch, in place and in plain JavaScript: what a `HiddenState` must be equal to. `hidden` and `branch`
 * are [batch, tokens, width]. Allocates nothing.
 */
export function addGated(
  hidden: Float32Array,
  branch: Float32Array,
  gate: { readonly modulation: Modulation; readonly site: BranchSite },
): void {
  const { layout, batch } = gate.modulation;
  const gates = gatesOf(gate.modulation, gate.site);
  addGatedPlain({ hidden, branch, gates, sizes: { ...layout, batch } });
}

/** What normalises a branch's input. */
export function branchShiftScale(modulation: Modulation, site: BranchSite): ShiftScale {
  const first = site.block * ROWS_PER_BLOCK;
  return {
    shift: copyRow(modulation, first + ROW[site.kind].shift),
    scale: copyRow(modulation, first + ROW[site.kind].scale),
  };
}

/** What normalises the head's input: the last two rows. */
export function headShiftScale(modulation: Modulation): ShiftScale {
  const { rows } = modulation.layout;
  return { shift: copyRow(modulation, rows - 2), scale: copyRow(modulation, rows - 1) };
}

function copyRow({ layout, batch, rows }: Modulation, row: number): Float32Array {
  const { width } = layout;
  const copy = new Float32Array(batch * width);
  for (let sample = 0; sample < batch; sample++) {
    const start = (sample * layout.rows + row) * width;
    copy.set(rows.subarray(start, start + width), sample * width);
  }
  return copy;
}
