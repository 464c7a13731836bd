import type { TeaCacheCoefficientSet } from './teacache-coefficient-set.js';
import { TEACACHE_DEMO_COEFFICIENTS } from './teacache-demo-coefficients.js';

/**
 * Every published set, by model. Fitted for the model's stock sampler and number of steps; another recipe changes what
 * the probe measures. Paths are of github.com repositories.
 *
 * TeaCache for Wan and Cosmos counts the calls of both guidance branches; the calls here are those of one. The
 * `-retention` sets were fitted on the projected embedding, of which the conditioning is the nearest that is measured.
 */
const PUBLISHED: Readonly<Record<string, TeaCacheCoefficientSet>> = {
  'flux.1-dev': {
    coefficients: [498.651651, -283.781631, 55.8554382, -3.82021401, 0.264230861],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.25, 0.4, 0.6, 0.8],
    source: 'ali-vilab/TeaCache TeaCache4FLUX/teacache_flux.py; 28 steps',
  },
  'flux.1-kontext': {
    coefficients: [-1046.55119, 312.563399, -16.9500694, 0.410995971, 0.0374537863],
    probe: 'modulated-input',
    first: { share: 0.2 },
    last: { share: 0.1 },
    thresholds: [0.22],
    source: 'welltop-cn/ComfyUI-TeaCache nodes.py',
  },
  tangoflux: {
    coefficients: [498.651651, -283.781631, 55.8554382, -3.82021401, 0.264230861],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.25, 0.4],
    source: 'ali-vilab/TeaCache TeaCache4TangoFlux/teacache_tango_flux.py; those of flux.1-dev',
  },
  'hunyuan-video': {
    coefficients: [733.226126, -401.131952, 67.5869174, -3.149878, 0.0961237896],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.1, 0.15],
    source: 'ali-vilab/TeaCache TeaCache4HunyuanVideo/teacache_sample_video.py',
  },
  framepack: {
    coefficients: [733.226126, -401.131952, 67.5869174, -3.149878, 0.0961237896],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.15],
    source: 'lllyasviel/FramePack; those of hunyuan-video',
  },
  'wan2.1-t2v-1.3b': {
    coefficients: [2396.76752, -1311.10545, 201.331979, -8.29855975, 0.137887774],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.05, 0.07, 0.08],
    source: 'ali-vilab/TeaCache TeaCache4Wan2.1/teacache_generate.py',
  },
  'wan2.1-t2v-14b': {
    coefficients: [-5784.54975374, 5449.50911966, -1811.16591783, 256.27178429, -13.02252404],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.14, 0.15, 0.2],
    source: 'ali-vilab/TeaCache TeaCache4Wan2.1/teacache_generate.py',
  },
  'wan2.1-i2v-480p': {
    coefficients: [-302.33167, 223.948934, -52.546397, 5.8734844, -0.201973289],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.13, 0.19, 0.26],
    source: 'ali-vilab/TeaCache TeaCache4Wan2.1/teacache_generate.py',
  },
  'wan2.1-i2v-720p': {
    coefficients: [-114.36346466, 65.26524496, -18.82220707, 4.91518089, -0.23412683],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.18, 0.2, 0.3],
    source: 'ali-vilab/TeaCache TeaCache4Wan2.1/teacache_generate.py',
  },
  'wan2.1-t2v-1.3b-retention': {
    coefficients: [-52186.2437, 9230.41404, -528.275948, 13.6987616, -0.0499875664],
    probe: 'conditioning',
    first: { calls: 5 },
    last: { calls: 0 },
    thresholds: [0.05, 0.1],
    source:
      'ali-vilab/TeaCache TeaCache4Wan2.1/teacache_generate.py --use_ret_steps, measured on the projected embedding e0',
  },
  'wan2.1-t2v-14b-retention': {
    coefficients: [-303318.725, 49053.7029, -2655.30556, 58.7365115, -0.315583525],
    probe: 'conditioning',
    first: { calls: 5 },
    last: { calls: 0 },
    thresholds: [0.1, 0.2],
    source:
      'ali-vilab/TeaCache TeaCache4Wan2.1/teacache_generate.py --use_ret_steps, measured on the projected embedding e0',
  },
  'wan2.1-i2v-480p-retention': {
    coefficients: [257151.496, -35422.9917, 1402.86849, -13.5890334, 0.132517977],
    probe: 'conditioning',
    first: { calls: 5 },
    last: { calls: 0 },
    thresholds: [0.2, 0.3],
    source:
      'ali-vilab/TeaCache TeaCache4Wan2.1/teacache_generate.py --use_ret_steps, measured on the projected embedding e0',
  },
  'wan2.1-i2v-720p-retention': {
    coefficients: [8107.0546, 2133.93892, -372.934672, 16.6203073, -0.0417769401],
    probe: 'conditioning',
    first: { calls: 5 },
    last: { calls: 0 },
    thresholds: [0.2, 0.3],
    source:
      'ali-vilab/TeaCache TeaCache4Wan2.1/teacache_generate.py --use_ret_steps, measured on the projected embedding e0',
  },
  'hidream-i1-full': {
    coefficients: [-31360.5009, -712.425503, 49.1363285, 8.2651549, 0.108053901],
    probe: 'conditioning',
    first: { share: 0.1 },
    last: { calls: 0 },
    thresholds: [0.17, 0.25, 0.3, 0.45],
    source: 'ali-vilab/TeaCache TeaCache4HiDream-I1/teacache_hidream_i1.py',
  },
  'hidream-i1-dev': {
    coefficients: [1.39997273, -4.30130469, 5.01534416, -2.20504164, 0.93942874],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 0 },
    thresholds: [1],
    source: 'welltop-cn/ComfyUI-TeaCache nodes.py',
  },
  'hidream-i1-fast': {
    coefficients: [2.26509623, -6.88864563, 7.61123826, -3.10849353, 0.99927602],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { share: 0.1 },
    thresholds: [1.5],
    source: 'welltop-cn/ComfyUI-TeaCache nodes.py',
  },
  'cogvideox-2b': {
    coefficients: [-31.0658903, 25.4732368, -5.92380459, 1.75769064, -0.00361568434],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.1, 0.2, 0.3],
    source: 'ali-vilab/TeaCache TeaCache4CogVideoX1.5/teacache_sample_video.py',
  },
  'cogvideox-5b': {
    coefficients: [-1538.80483, 843.202495, -134.363087, 7.97131516, -0.0523162339],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.1, 0.2],
    source: 'ali-vilab/TeaCache TeaCache4CogVideoX1.5/teacache_sample_video.py; also its I2V',
  },
  consisid: {
    coefficients: [-1538.80483, 843.202495, -134.363087, 7.97131516, -0.0523162339],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.1, 0.15, 0.2],
    source: 'ali-vilab/TeaCache TeaCache4ConsisID/teacache_sample_video.py; those of cogvideox-5b',
  },
  'cogvideox1.5-5b': {
    coefficients: [250.210439, -165.061612, 35.7804877, -0.781551492, 0.0358559703],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.1, 0.2, 0.3],
    source: 'ali-vilab/TeaCache TeaCache4CogVideoX1.5/teacache_sample_video.py',
  },
  'cogvideox1.5-5b-i2v': {
    coefficients: [122.842302, -104.088754, 26.2981677, -0.306009921, 0.037121322],
    probe: 'conditioning',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.1, 0.2, 0.3],
    source: 'ali-vilab/TeaCache TeaCache4CogVideoX1.5/teacache_sample_video.py',
  },
  'ltx-video': {
    coefficients: [21.4700694, -12.8016453, 2.31279151, 0.792487521, 0.00969274326],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.03, 0.05],
    source: 'ali-vilab/TeaCache TeaCache4LTX-Video/teacache_ltx.py',
  },
  mochi: {
    coefficients: [-3512.41319, 811.675948, -60.9400215, 2.42429681, 0.00305291719],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.06, 0.09],
    source: 'ali-vilab/TeaCache TeaCache4Mochi/teacache_mochi.py',
  },
  'lumina-next': {
    coefficients: [393.76566581, -603.50993606, 209.10239044, -23.00726601, 0.86377344],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.2, 0.3, 0.4, 0.5],
    source: 'ali-vilab/TeaCache TeaCache4Lumina-T2X/teacache_lumina_next.py',
  },
  'lumina-2-v1': {
    coefficients: [393.76566581, -603.50993606, 209.10239044, -23.00726601, 0.86377344],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.2, 0.3, 0.4, 0.5],
    source: 'ali-vilab/TeaCache TeaCache4Lumina2/teacache_lumina2.py; those of lumina-next',
  },
  'lumina-2-v2': {
    coefficients: [
      225.7042019806413, -608.8453716535591, 304.1869942338369, 124.21267720116742,
      -1.4089066892956552,
    ],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.2, 0.3, 0.5, 1.1],
    source: 'ali-vilab/TeaCache TeaCache4Lumina2/teacache_lumina2.py, named in a comment',
  },
  'lumina-2-comfyui': {
    coefficients: [-874.643948, 466.059906, -75.1559762, 5.32836175, -0.0327258296],
    probe: 'modulated-input',
    first: { share: 0.2 },
    last: { calls: 0 },
    thresholds: [0.38],
    source: 'welltop-cn/ComfyUI-TeaCache nodes.py',
  },
  cosmos: {
    coefficients: [271.156237, -91.9775607, 2.2443725, 2.08355751, 0.14177633],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.3, 0.4],
    source: 'ali-vilab/TeaCache TeaCache4Cosmos/teacache_sample_video_t2v.py',
  },
  'open-sora-1.2': {
    coefficients: [217.546007, -118.329252, 26.8662585, -0.0459364272, 0.048442624],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.1, 0.2],
    source: 'ali-vilab/TeaCache eval/teacache/experiments/opensora.py',
  },
  latte: {
    coefficients: [-2464.34137, 308.044764, 80.7447667, -4.11385132, 0.111001402],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.1, 0.2],
    source: 'ali-vilab/TeaCache eval/teacache/experiments/latte.py',
  },
  'open-sora-plan': {
    coefficients: [205943.668, -14875.9286, 306.085986, 1.3141808, 0.00239658469],
    probe: 'modulated-input',
    first: { calls: 1 },
    last: { calls: 1 },
    thresholds: [0.1, 0.2],
    source: 'ali-vilab/TeaCache eval/teacache/experiments/opensora_plan.py',
  },
};

/** The set of a name, or undefined. */
export function teaCacheSet(name: string): TeaCacheCoefficientSet | undefined {
  return Object.hasOwn(SETS, name) ? SETS[name] : undefined;
}

const SETS: Readonly<Record<string, TeaCacheCoefficientSet>> = Object.freeze({
  ...PUBLISHED,
  demo: TEACACHE_DEMO_COEFFICIENTS,
});

/** The names of all sets, the embedded model's last. */
export const TEACACHE_SETS: readonly string[] = Object.freeze(Object.keys(SETS));
