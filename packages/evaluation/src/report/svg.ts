import { escapeHtml } from './escape-html.js';

/** Attribute values of one element; numbers are printed with at most two decimals. */
export type Attributes = Readonly<Record<string, string | number>>;

/** One SVG or HTML element. `children` must already be markup: text goes through `text`. */
export function element(name: string, attributes: Attributes, children: string = ''): string {
  const printed = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeHtml(typeof value === 'number' ? round(value) : value)}"`,
  );
  return `<${name}${printed.join('')}>${children}</${name}>`;
}

/** A `<text>` element with escaped content. */
export function text(content: string, attributes: Attributes): string {
  return element('text', attributes, escapeHtml(content));
}

/** A chart: scales with its column, and is one picture with a name for screen readers. */
export function chart(
  size: { readonly width: number; readonly height: number },
  label: string,
  children: readonly string[],
): string {
  const attributes = {
    viewBox: `0 0 ${size.width} ${size.height}`,
    width: size.width,
    height: size.height,
    role: 'img',
    'aria-label': label,
  };
  return element('svg', attributes, children.join(''));
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
