import { toBase64 } from './base64.js';
import { escapeHtml } from './escape-html.js';
import type { Fact } from './report-model.js';
import { REPORT_STYLE } from './report-style.js';

/**
 * A whole HTML page in one file: no script, no outside resource. `parts` are markup already; everything that takes
 * text here escapes it.
 */
export function htmlPage(title: string, parts: readonly string[]): string {
  const escaped = escapeHtml(title);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
    `<title>${escaped}</title><style>${REPORT_STYLE}</style></head>`,
    `<body><main><h1>${escaped}</h1>`,
    ...parts,
    '</main></body></html>',
    '',
  ].join('\n');
}

/** A heading with its content; nothing where there is none. */
export function section(heading: string, content: string): string {
  if (content === '') return '';
  return `<section><h2>${escapeHtml(heading)}</h2>${content}</section>`;
}

/** One paragraph a text. */
export function paragraphs(texts: readonly string[]): string {
  return texts.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n');
}

/** Texts as bullets. */
export function list(texts: readonly string[]): string {
  if (texts.length === 0) return '';
  return `<ul>${texts.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

/** Something that may be wider than the page, which then scrolls. */
export function scrolling(content: string): string {
  return `<div class="scroll">${content}</div>`;
}

/** Markup with a caption. */
export function figure(content: string, caption: string): string {
  return `<figure class="scroll">${content}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/** A contact sheet, described for those who cannot see it by the labels of its rows. */
export function sheetFigure(
  sheet: { readonly png: Uint8Array; readonly caption: string },
  labels: readonly string[],
): string {
  const described = labels.join(', ');
  const alt = escapeHtml(`Generated images, one row a policy from top to bottom: ${described}`);
  return figure(
    `<img alt="${alt}" src="data:image/png;base64,${toBase64(sheet.png)}">`,
    sheet.caption,
  );
}

/** Names and values. */
export function factList(facts: readonly Fact[]): string {
  const pairs = facts.map(
    ({ name, value }) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  return pairs.length === 0 ? '' : `<dl>${pairs.join('')}</dl>`;
}
