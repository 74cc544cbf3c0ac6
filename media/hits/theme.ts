/// <reference lib="dom" />
/** The colours of the editor's theme, for what is drawn and not styled. */
export interface ChartColours {
  readonly text: string;
  readonly grid: string;
  readonly series: readonly string[];
}

export function chartColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const colour = (...names: string[]): string =>
    names.map((name) => style.getPropertyValue(`--vscode-${name}`).trim()).find((found) => found !== '') ??
    'currentcolor';
  return {
    text: colour('foreground'),
    grid: colour('charts-lines', 'panel-border', 'contrastBorder'),
    series: SERIES.map((name) => colour(`charts-${name}`, 'charts-foreground', 'foreground')),
  };
}

/** Calls back when the user chooses another theme: VS Code changes the class of the body. */
export function onThemeChange(changed: () => void): void {
  new MutationObserver(changed).observe(document.body, { attributeFilter: ['class'] });
}

const SERIES = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'] as const;
