import { stretchVariant } from '@forecache/cache-policy';
import { CALIBRATION, USUAL } from './ablation-material.js';
import type { TransferBench } from './transfer-bench.js';
import { sameShare, type Topic } from './transfer-cells.js';

/** What is measured of each topic, in the order of a table. */
export const CONTESTANTS = Object.freeze({
  classes: ['calibrated on the other classes', 'calibrated on all classes'],
  guidance: ['preset of guidance 2', 'own preset', 'schedule of guidance 2, own weights'],
  samplers: ['own preset', 'preset of Euler', 'TaylorSeer, even'],
  runs: ['preset'],
  steps: ['preset of 50 steps, stretched', 'own preset'],
  training: ['preset of the shipped weights', 'own preset', 'TaylorSeer, even'],
} as const);

/** Guidance scales that a preset of guidance 2 is used at. */
export const GUIDANCES = Object.freeze([1, 1.5, 2, 3, 4, 6]);

/** Numbers of calibration runs. */
export const RUNS = Object.freeze([1, 2, 4, 8, 16, 32]);

/** Numbers of steps that a preset of 50 is stretched to. */
export const STEPS = Object.freeze([20, 25, 30, 40, 100]);

/** Optimiser steps that the shipped weights were trained for. */
export const SHIPPED_TRAINING = 12_000;

/** Optimiser steps of weights that a preset of the shipped ones is used with. */
export const LONGER_TRAININGS = Object.freeze([15_000, 18_000, 21_000, 24_000]);

/** Samplers, with their calls in 50 steps. */
export const SAMPLER_CALLS = Object.freeze({
  euler: 50,
  'dpmpp-2m': 50,
  unipc: 50,
  ab2: 50,
  'euler-ancestral': 50,
  heun: 99,
});

/** Measures one topic at one number of full calls; rows that are there are left as they are. */
export function measureTopic(topic: Topic, bench: TransferBench, count: number): Promise<void> {
  return { classes, guidance, samplers, runs, steps, training }[topic](bench, count);
}

async function classes(bench: TransferBench, count: number): Promise<void> {
  const topic = 'classes';
  const [others, all] = CONTESTANTS[topic];
  const halves = { '0–4': [0, 1, 2, 3, 4], '5–9': [5, 6, 7, 8, 9] };
  for (const [judgedOn, learnedOn] of [['5–9', '0–4'] as const, ['0–4', '5–9'] as const]) {
    const judged = { images: { classes: halves[judgedOn] } };
    const learned = { images: { classes: halves[learnedOn] } };
    const cell = { topic, at: judgedOn, count } as const;
    await bench.measure({ ...cell, contestant: all }, judged, () => bench.usualPreset(count));
    const made = () => bench.makePreset(learned, count);
    await bench.measure({ ...cell, contestant: others }, judged, made);
  }
}

async function guidance(bench: TransferBench, count: number): Promise<void> {
  const topic = 'guidance';
  const [moved, own, fitted] = CONTESTANTS[topic];
  for (const scale of GUIDANCES) {
    const judged = { guidance: scale };
    const cell = { topic, at: String(scale), count } as const;
    await bench.measure({ ...cell, contestant: moved }, judged, () => bench.usualPreset(count));
    const made = () =>
      scale === USUAL.guidance ? bench.usualPreset(count) : bench.makePreset(judged, count);
    await bench.measure({ ...cell, contestant: own }, judged, made);
    await bench.measure({ ...cell, contestant: fitted }, judged, async () => {
      const { fullCalls } = await bench.usualPreset(count);
      return bench.fitThere(judged, fullCalls);
    });
  }
}

async function samplers(bench: TransferBench, count: number): Promise<void> {
  const topic = 'samplers';
  const [own, ofEuler, taylorSeer] = CONTESTANTS[topic];
  const names = Object.keys(SAMPLER_CALLS) as (keyof typeof SAMPLER_CALLS)[];
  for (const sampler of names) {
    const calls = SAMPLER_CALLS[sampler];
    const cell = { topic, at: sampler, count } as const;
    const fullCalls = sameShare(count, calls);
    const isUsual = sampler === USUAL.sampler;
    const made = () =>
      isUsual ? bench.usualPreset(count) : bench.makePreset({ sampler }, fullCalls);
    await bench.measure({ ...cell, contestant: own }, { sampler }, made);
    const rival = { ...cell, contestant: taylorSeer };
    await bench.measureTaylorSeer(rival, { sampler }, fullCalls);
    if (isUsual || calls !== 50) continue;
    const moved = { ...cell, contestant: ofEuler };
    await bench.measure(moved, { sampler }, () => bench.usualPreset(count));
  }
}

async function runs(bench: TransferBench, count: number): Promise<void> {
  const topic = 'runs';
  const [contestant] = CONTESTANTS[topic];
  for (const images of RUNS) {
    const isUsual = images === CALIBRATION.images;
    const made = () =>
      isUsual ? bench.usualPreset(count) : bench.makePreset({ images: { images } }, count);
    await bench.measure({ topic, at: String(images), count, contestant }, {}, made);
  }
}

async function steps(bench: TransferBench, count: number): Promise<void> {
  const topic = 'steps';
  const [moved, own] = CONTESTANTS[topic];
  for (const toCalls of STEPS) {
    const judged = { steps: toCalls };
    const cell = { topic, at: String(toCalls), count } as const;
    const fullCalls = sameShare(count, toCalls);
    await bench.measure({ ...cell, contestant: moved }, judged, async () => {
      const usual = await bench.usualPreset(fullCalls);
      const variant = { ...usual, relativeError: null, psnr: null };
      return stretchVariant(variant, { fromCalls: USUAL.steps, toCalls });
    });
    const made = () => bench.makePreset(judged, fullCalls);
    await bench.measure({ ...cell, contestant: own }, judged, made);
  }
}

async function training(bench: TransferBench, count: number): Promise<void> {
  const topic = 'training';
  const [shipped, own, taylorSeer] = CONTESTANTS[topic];
  for (const steps of [SHIPPED_TRAINING, ...bench.trained]) {
    const isShipped = steps === SHIPPED_TRAINING;
    const judged = isShipped ? {} : { trained: steps };
    const cell = { topic, at: String(steps), count } as const;
    await bench.measure({ ...cell, contestant: shipped }, judged, () => bench.usualPreset(count));
    const made = () => (isShipped ? bench.usualPreset(count) : bench.makePreset(judged, count));
    await bench.measure({ ...cell, contestant: own }, judged, made);
    await bench.measureTaylorSeer({ ...cell, contestant: taylorSeer }, judged, count);
  }
}
