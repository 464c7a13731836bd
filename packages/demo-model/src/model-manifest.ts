import { createFieldReader, type FieldReader } from './field-reader.js';

/** Name, element type and shape of a graph's input or output. */
export interface GraphTensor {
  readonly name: string;
  readonly dtype: 'float32' | 'int32' | 'int64';
  /** `'B'` stands for the batch, `'K'` for chosen tokens. */
  readonly shape: readonly (number | 'B' | 'K')[];
}

/** One ONNX file of the model directory. */
export interface GraphFile {
  readonly file: string;
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
}

/** A part of the network, with its cost: 2 x multiply-accumulates of its matrix products, per sample. */
export interface Segment extends GraphFile {
  readonly flopsPerSample: number;
  /** The graph that computes chosen tokens and measures what they are chosen by, where there is one. */
  readonly byToken: GraphFile | null;
}

/** What `manifest.json` says about the model beside it. Fields that only people read are left out. */
export interface ModelManifest {
  readonly id: string;
  readonly version: number;
  readonly architecture: string;
  readonly config: {
    readonly width: number;
    readonly depth: number;
    readonly heads: number;
    readonly patch: number;
    readonly tokens: number;
    readonly imageSize: number;
  };
  readonly sampler: {
    readonly process: string;
    readonly solver: string;
    readonly steps: number;
    readonly guidance: number;
  };
  readonly image: {
    readonly channels: number;
    readonly height: number;
    readonly width: number;
    /** Smallest and largest value of a pixel. */
    readonly range: readonly [number, number];
  };
  readonly classNames: readonly string[];
  /** Class index of the unconditional branch. */
  readonly nullClass: number;
  /** Of one call of the whole network. */
  readonly flopsPerSample: number;
  /** By name: `embed`, `modulation`, `attention-00`, `mlp-00`, …, `head`. */
  readonly segments: Readonly<Record<string, Segment>>;
  /** image -> logits, features: the judge of generated images. */
  readonly classifier: GraphFile;
  /** Statistics of the data set in the classifier's features. */
  readonly reference: { readonly file: string; readonly featureSize: number };
}

/** Checks the content of a `manifest.json`; an error names the file and the field that is wrong. */
export function parseManifest(content: unknown, source: string): ModelManifest {
  const manifest = createFieldReader(content, source);
  return {
    id: manifest.text('id'),
    version: manifest.positive('version'),
    architecture: manifest.text('architecture'),
    config: parseConfig(manifest.object('config')),
    sampler: parseSampler(manifest.object('sampler')),
    image: parseImage(manifest.object('image')),
    classNames: manifest.texts('classNames'),
    nullClass: manifest.count('nullClass'),
    flopsPerSample: manifest.positive('flopsPerSample'),
    segments: parseSegments(manifest.object('segments')),
    classifier: parseGraphFile(manifest.object('classifier')),
    reference: parseReference(manifest.object('reference')),
  };
}

function parseConfig(config: FieldReader): ModelManifest['config'] {
  return {
    width: config.positive('width'),
    depth: config.positive('depth'),
    heads: config.positive('heads'),
    patch: config.positive('patch'),
    tokens: config.positive('tokens'),
    imageSize: config.positive('imageSize'),
  };
}

function parseSampler(sampler: FieldReader): ModelManifest['sampler'] {
  return {
    process: sampler.text('process'),
    solver: sampler.text('solver'),
    steps: sampler.positive('steps'),
    guidance: sampler.number('guidance'),
  };
}

function parseImage(image: FieldReader): ModelManifest['image'] {
  const [low, high, ...rest] = image.numbers('range');
  if (low === undefined || high === undefined || rest.length > 0 || low >= high) {
    throw image.wrong('range', 'two rising numbers');
  }
  return {
    channels: image.positive('channels'),
    height: image.positive('height'),
    width: image.positive('width'),
    range: [low, high],
  };
}

function parseSegments(segments: FieldReader): ModelManifest['segments'] {
  const parsed = segments.names().map((name) => {
    return [name, parseSegment(segments.object(name))] as const;
  });
  return Object.fromEntries(parsed);
}

function parseSegment(segment: FieldReader): Segment {
  const isByToken = segment.names().includes('byToken');
  return {
    ...parseGraphFile(segment),
    flopsPerSample: segment.positive('flopsPerSample'),
    byToken: isByToken ? parseGraphFile(segment.object('byToken')) : null,
  };
}

function parseGraphFile(graph: FieldReader): GraphFile {
  return {
    file: fileName(graph),
    inputs: graph.objects('inputs').map(parseTensor),
    outputs: graph.objects('outputs').map(parseTensor),
  };
}

function parseTensor(tensor: FieldReader): GraphTensor {
  const dtype = tensor.text('dtype');
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'int64') {
    throw tensor.wrong('dtype', 'float32, int32 or int64');
  }
  const shape = tensor.list('shape').map((edge) => {
    if (edge === 'B' || edge === 'K') return edge;
    if (typeof edge === 'number' && Number.isInteger(edge) && edge >= 1) return edge;
    throw tensor.wrong('shape', 'a list of "B", "K" and integers >= 1');
  });
  return { name: tensor.text('name'), dtype, shape };
}

function parseReference(reference: FieldReader): ModelManifest['reference'] {
  return { file: fileName(reference), featureSize: reference.positive('featureSize') };
}

/** A file beside the manifest: a manifest never points outside its directory. */
function fileName(graph: FieldReader): string {
  const file = graph.text('file');
  if (!/^[\w-]+(\.[\w-]+)+$/.test(file)) throw graph.wrong('file', 'a file name without a path');
  return file;
}
