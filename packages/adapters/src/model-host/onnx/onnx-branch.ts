import type { OnnxManifest } from './onnx-manifest.js';
import { firstOf, floats, rowIndices } from './onnx-segments.js';
import type { OnnxFeeds, OnnxSegments } from './onnx-segments.js';
import { allTokens, gatherRows, rowNumbers } from '../tokens/token-rows.js';
import type {
  BranchRequest,
  ModulatedInput,
  TokenMeasure,
  TransformerNetwork,
} from '../transformer/transformer-network.js';

/** The outputs of an attention's second graph. */
const MEASURES: Readonly<Record<TokenMeasure, string>> = Object.freeze({
  influence: 'influence',
  'value-norm': 'value_norm',
});

/**
 * Runs branches. An attention that computes all tokens and measures none has a graph of its own, which is the faster
 * one; an mlp computes any tokens by one graph, as each looks at itself only.
 */
export function createOnnxBranch(
  { tokens, width, segments }: OnnxManifest,
  loaded: OnnxSegments,
): TransformerNetwork['branch'] {
  const attentionByToken = async (site: string, request: BranchRequest) => {
    const { batch, measure } = request;
    const chosen = request.chosen ?? allTokens(batch, tokens);
    const rows = rowIndices(rowNumbers(chosen, tokens), [batch, chosen.count]);
    const feeds = { ...modulatedFeeds(request, { tokens, width }), chosen: rows };
    const outputs = measure === null ? ['branch'] : ['branch', MEASURES[measure]];
    const results = await loaded.runByToken(site, feeds, outputs);
    return { branch: firstOf(results), measured: results[1] ?? null };
  };
  return async (site, request) => {
    const { chosen, measure } = request;
    const isWhole = chosen === null && measure === null;
    if (!isWhole && segments.get(site)?.byTokenPath !== null)
      return attentionByToken(site, request);
    const hidden =
      chosen === null ? request.hidden : gatherRows(request.hidden, chosen, { tokens, width });
    const sizes = { tokens: chosen?.count ?? tokens, width };
    const feeds = modulatedFeeds({ ...request, hidden }, sizes);
    return { branch: firstOf(await loaded.run(site, feeds, ['branch'])), measured: null };
  };
}

/** The feeds that every branch and the head take. */
export function modulatedFeeds(
  { hidden, shift, scale, batch }: ModulatedInput,
  { tokens, width }: { readonly tokens: number; readonly width: number },
): OnnxFeeds {
  return {
    hidden: floats(hidden, [batch, tokens, width]),
    shift: floats(shift, [batch, width]),
    scale: floats(scale, [batch, width]),
  };
}
