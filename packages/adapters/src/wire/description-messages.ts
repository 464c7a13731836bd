import type {
  DescribeResponse,
  DescribeResponse__Output,
} from '../gen/forecache/v1/DescribeResponse.js';
import type { SiteDescription as SiteMessage } from '../gen/forecache/v1/SiteDescription.js';
import type { SiteDescription__Output } from '../gen/forecache/v1/SiteDescription.js';
import type { SiteKind__Output } from '../gen/forecache/v1/SiteKind.js';
import type { ModelDescription, SiteDescription, SiteKind } from '../model-host/model-host.js';
import { decodeTensorType, encodeTensorType } from '../tensor/tensor-codec.js';
import { enumCodec } from './enum-codec.js';
import { assertIdentifier, decodeCount, required } from './fields.js';

const siteKinds = enumCodec<SiteKind, SiteKind__Output>({
  embed: 'SITE_KIND_EMBED',
  modulation: 'SITE_KIND_MODULATION',
  attention: 'SITE_KIND_ATTENTION',
  mlp: 'SITE_KIND_MLP',
  residual: 'SITE_KIND_RESIDUAL',
  hidden: 'SITE_KIND_HIDDEN',
  head: 'SITE_KIND_HEAD',
  output: 'SITE_KIND_OUTPUT',
  change: 'SITE_KIND_CHANGE',
  'cross-attention': 'SITE_KIND_CROSS_ATTENTION',
  single: 'SITE_KIND_SINGLE',
});

/** A model's description from the wire. */
export function decodeDescription(message: DescribeResponse__Output, name = ''): ModelDescription {
  return {
    hostId: message.hostId,
    model: message.model,
    sites: message.sites.map((site, index) => decodeSite(site, `${name}sites[${index}]`)),
    input: decodeTensorType(required(message.input, `${name}input`), `${name}input`),
    output: decodeTensorType(required(message.output, `${name}output`), `${name}output`),
    conditioning: message.conditioning.map((named, index) => {
      const path = `${name}conditioning[${index}]`;
      return {
        name: assertIdentifier(`${path}.name`, named.name),
        type: decodeTensorType(required(named.type, `${path}.type`), `${path}.type`),
      };
    }),
  };
}

/** The message of a model's description. */
export function encodeDescription(description: ModelDescription): DescribeResponse {
  return {
    hostId: description.hostId,
    model: description.model,
    sites: description.sites.map(encodeSite),
    input: encodeTensorType(description.input),
    output: encodeTensorType(description.output),
    conditioning: description.conditioning.map(({ name, type }) => ({
      name,
      type: encodeTensorType(type),
    })),
  };
}

function decodeSite(message: SiteDescription__Output, name: string): SiteDescription {
  return {
    name: assertIdentifier(`${name}.name`, message.name),
    kind: siteKinds.decode(message.kind, `${name}.kind`),
    block: message.block,
    input: message.input === null ? null : decodeTensorType(message.input, `${name}.input`),
    output: decodeTensorType(required(message.output, `${name}.output`), `${name}.output`),
    flops: decodeCount(message.flops, `${name}.flops`),
    isForwardable: message.forwardable,
  };
}

function encodeSite(site: SiteDescription): SiteMessage {
  return {
    name: site.name,
    kind: siteKinds.encode(site.kind),
    block: site.block,
    input: site.input === null ? null : encodeTensorType(site.input),
    output: encodeTensorType(site.output),
    flops: site.flops,
    forwardable: site.isForwardable,
  };
}
