/** The report's only style sheet: follows the reader's light or dark preference, prints well. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de;
  --full: #0b5cad; --partial: #d98200; --forecast: #b6d4f2; --f0: #57606a; --f1: #8a5a00; --f2: #1a7f37; --f3: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --ink: #e6edf3; --quiet: #9aa5b1;
  --line: #333b44; --full: #6cb2ff; --partial: #e3a93c; --forecast: #24486b; --f0: #aab4bf; --f1: #e3a93c; --f2: #56d07a;
  --f3: #6cb2ff; } }
body { margin: 2rem auto; padding: 0 1rem; max-width: 78rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; }
thead th { color: var(--quiet); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 600; white-space: nowrap; }
td.number { text-align: right; white-space: nowrap; }
svg, img { max-width: 100%; height: auto; } figure { margin: 1rem 0; }
figcaption, .legend { color: var(--quiet); font-size: 0.9rem; }
img { image-rendering: pixelated; border: 1px solid var(--line); }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .tick, svg .axis { fill: var(--quiet); }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .leader { stroke: var(--quiet); stroke-width: 0.7; }
svg .full { fill: var(--full); } svg .partial { fill: var(--partial); } svg .forecast { fill: var(--forecast); }
.family-0 { fill: var(--f0); } .family-1 { fill: var(--f1); } .family-2 { fill: var(--f2); }
.family-3 { fill: var(--f3); }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; margin: 0 0.3em 0 0.8em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.2rem; font-size: 0.9rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
`.trim();
